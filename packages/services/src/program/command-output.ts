import { spawn, spawnSync } from 'node:child_process'
import { ServiceError } from '../service-error.js'

const TIMEOUT_MS = 60_000

/** Runs a tool and returns what it printed; throws `download-failed` with its complaint. */
export async function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, LC_ALL: 'C', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
  })
  let printed = ''
  let complaint = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  const status = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', resolve)
  })
  if (status === 0) return printed
  const why = complaint.trim().split('\n').at(-1) || `ended with ${String(status)}`
  throw new ServiceError('download-failed', `${program} ${args.at(-1) ?? ''}: ${why}`)
}

/** Whether the tool is there. */
export function runs(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
}
