import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'

const bootstrap = fileURLToPath(new URL('../bootstrap.mjs', import.meta.url))

/** A slow package manager with a child process, like the real one. */
const SLOW_NPX = `#!/bin/sh
sleep 300 &
echo $$ $! > "$PIDS"
wait
`

const WITHIN = { timeout: 10_000 }

interface Installing {
  readonly npm: ChildProcess
  /** The bootstrap, the package manager, and what that has started. */
  readonly pids: readonly number[]
}

/** Runs `npm start` in a clone without node_modules, and returns while the installation runs. */
async function installing(): Promise<Installing> {
  const clone = mkdtempSync(join(tmpdir(), 'bootstrap-'))
  onTestFinished(() => rmSync(clone, { recursive: true, force: true }))
  const at = (...names: string[]): string => join(clone, ...names)
  mkdirSync(at('packages', 'workbench'), { recursive: true })
  mkdirSync(at('bin'))
  copyFileSync(bootstrap, at('packages', 'workbench', 'bootstrap.mjs'))
  writeFileSync(at('pnpm-lock.yaml'), '')
  const start = 'exec node packages/workbench/bootstrap.mjs start'
  const manifest = { packageManager: 'pnpm@10.0.0', scripts: { start } }
  writeFileSync(at('package.json'), JSON.stringify(manifest))
  writeFileSync(at('bin', 'npx'), SLOW_NPX)
  chmodSync(at('bin', 'npx'), 0o755)
  const npm = spawn('npm', ['start'], {
    cwd: clone,
    env: {
      ...process.env,
      PATH: [at('bin'), process.env['PATH']].join(delimiter),
      PIDS: at('pids'),
    },
    stdio: 'ignore',
    detached: true,
  })
  const told = (): string => (existsSync(at('pids')) ? readFileSync(at('pids'), 'utf8') : '')
  await expect.poll(told, WITHIN).toMatch(/\n$/)
  const tools = told().trim().split(' ').map(Number)
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
