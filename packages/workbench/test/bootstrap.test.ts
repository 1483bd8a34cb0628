import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'

const workbench = fileURLToPath(new URL('..', import.meta.url))
/** The bootstrap and its own modules: all that runs before anything is installed. */
const bootstrap = readdirSync(workbench).filter((name) => name.endsWith('.mjs'))

/** A slow package manager with a child process, like the real one. */
const SLOW_NPX = `#!/bin/sh
sleep 300 &
echo $$ $! > "$TOLD"
wait
`

const WITHIN = { timeout: 120_000 }

interface Started {
  readonly npm: ChildProcess
  /** Where the processes below npm write what they have to say. */
  readonly file: string
}

/** Runs `npm run <script>` in a clone without node_modules, whose built workbench is `program`. */
function npmRun(script: 'start' | 'stop', program?: string): Started {
  const clone = mkdtempSync(join(tmpdir(), 'bootstrap-'))
  onTestFinished(() => rmSync(clone, { recursive: true, force: true }))
  const at = (...names: string[]): string => join(clone, ...names)
  mkdirSync(at('packages', 'workbench', 'dist'), { recursive: true })
  mkdirSync(at('bin'))
  for (const name of bootstrap) {
    copyFileSync(join(workbench, name), at('packages', 'workbench', name))
  }
  if (program) writeFileSync(at('packages', 'workbench', 'dist', 'main.js'), program)
  writeFileSync(at('pnpm-lock.yaml'), '')
  const scripts = { [script]: `exec node packages/workbench/bootstrap.mjs ${script}` }
  const manifest = { type: 'module', packageManager: 'pnpm@10.0.0', scripts }
  writeFileSync(at('package.json'), JSON.stringify(manifest))
  writeFileSync(at('bin', 'npx'), SLOW_NPX)
  chmodSync(at('bin', 'npx'), 0o755)
  const file = at('told')
  const path = [at('bin'), process.env['PATH']].join(delimiter)
  const npm = spawn('npm', ['run', script], {
    cwd: clone,
    env: { ...process.env, PATH: path, TOLD: file },
    stdio: 'ignore',
    detached: true,
  })
  return { npm, file }
}

async function told(file: string, pattern: RegExp): Promise<string> {
  const read = (): string => (existsSync(file) ? readFileSync(file, 'utf8') : '')
  await expect.poll(read, WITHIN).toMatch(pattern)
  return read().trim()
}

interface Installing {
  readonly npm: ChildProcess
  /** The bootstrap, the package manager, and its child. */
  readonly pids: readonly number[]
}

/** Runs `npm start`, and returns while the installation runs. */
async function installing(): Promise<Installing> {
  const { npm, file } = npmRun('start')
  const tools = (await told(file, /\n$/)).split(' ').map(Number)
  const pids = [parentOf(tools[0] ?? 0), ...tools]
  onTestFinished(() =>
    [npm.pid ?? 0, ...pids].forEach((pid) => isAlive(pid) && process.kill(pid, 9)),
  )
  return { npm, pids }
}

function parentOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return Number(status.split(') ').at(-1)?.split(' ')[1])
}

function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

const needsProc = process.platform !== 'linux'

it.skipIf(needsProc)(
  'ends with its tools when npm is killed during the installation (needs /proc)',
  async () => {
    const { npm, pids } = await installing()
    expect(pids.filter(isAlive)).toEqual(pids)
    npm.kill('SIGKILL')
    await expect.poll(() => pids.filter(isAlive), WITHIN).toEqual([])
  },
)

it.skipIf(needsProc)('leaves no tool behind when it is killed itself (needs /proc)', async () => {
  const { pids } = await installing()
  process.kill(pids[0] ?? 0, 'SIGKILL')
  await expect.poll(() => pids.filter(isAlive), WITHIN).toEqual([])
})

it.skipIf(needsProc)('ends with its tools when it is interrupted (needs /proc)', async () => {
  const { npm, pids } = await installing()
  // As a terminal does it: to every process of the group in front.
  process.kill(-(npm.pid ?? 0), 'SIGINT')
  await expect.poll(() => pids.filter(isAlive), WITHIN).toEqual([])
})

/** A command that ends in order when it is interrupted. It needs no build, as `npm run stop` needs none. */
const COMMAND = `
import { appendFileSync } from 'node:fs'
import { aborted, interruption } from ${JSON.stringify(new URL('../dist/interruption.js', import.meta.url).href)}

const tell = (text) => appendFileSync(process.env.TOLD, text)
const signal = interruption(() => tell('interrupted, '))
const waiting = setInterval(() => {}, 1000)
tell('running, ')
await aborted(signal)
clearInterval(waiting)
tell('ended')
`

it('lets a running command end in order when npm is killed', async () => {
  const { npm, file } = npmRun('stop', COMMAND)
  await told(file, /running/)
  npm.kill('SIGKILL')
  expect(await told(file, /ended/)).toBe('running, interrupted, ended')
})
