import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { exhibits } from '../../exhibits/exhibits.js'
import { peers } from '../../peers/peers.js'
import { readResult } from '../../result/read-result.js'
import { scenarios } from '../../scenarios/scenarios.js'

/** As `npm run bench` does it, behind the build. */
const MAIN = resolve('benchmarks/dist/main.js')
const MINUTES = 60_000

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-quick-'))
})

afterAll(() => rmSync(folder, { recursive: true }))

interface Run {
  readonly child: ChildProcess
  readonly output: () => string
  readonly exit: Promise<number | null>
}

function bench(...args: string[]): Run {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => (output += String(chunk)))
  }
  return {
    child,
    output: () => output,
    exit: once(child, 'close').then(([code]) => code as number | null),
  }
}

it('measures a little of everything, and says so', { timeout: 10 * MINUTES }, async () => {
  const out = join(folder, 'all')
  const run = bench('--quick', '--peers', '--out', out)
  expect(await run.exit, run.output()).toBe(0)
  const result = readResult(out)
  expect(result.missing).toEqual([])
  expect(result.scenarios.map(({ id }) => id)).toEqual(scenarios.map(({ id }) => id))
  for (const { id, state, cells, subjects } of result.scenarios) {
    expect(state, id).toBe('complete')
    expect(new Set(cells.map(({ subject }) => subject)).size, id).toBe(subjects.length)
  }
  const identity = result.scenarios.find(({ id }) => id === 'identity')
  const measured = identity?.subjects.map(({ id }) => id)
  expect(measured).toEqual(expect.arrayContaining(peers.map(({ id }) => id)))
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('<svg')
})

it('runs the bad benchmarks, the honest run beside each', { timeout: 5 * MINUTES }, async () => {
  const out = join(folder, 'bad')
  const run = bench('--bad', '--quick', '--out', out)
  expect(await run.exit, run.output()).toBe(0)
  for (const { id, cells } of readResult(out).scenarios) {
    expect(exhibits.map((it) => it.id)).toContain(id)
    expect(cells.map(({ subject }) => subject)).toContain('honest')
  }
})

it(
  'keeps the finished part when it is stopped, and leaves nothing behind',
  { timeout: 3 * MINUTES },
  async () => {
    const out = join(folder, 'stopped')
    const scope = ['--scenario', 'size', 'identity', '--strategy', 'session-redis', 'jwt-rotating']
    const run = bench('--quick', ...scope, '--rounds', '50', '--out', out)
    const givesUpAt = Date.now() + 2 * MINUTES
    while (!existsSync(join(out, 'result.json')) && Date.now() < givesUpAt) await sleep(50)
    run.child.kill('SIGINT')
    expect(await run.exit, run.output()).toBe(130)
    const { missing, scenarios: done } = readResult(out)
    expect(done[0]).toMatchObject({ id: 'size', state: 'complete', rounds: 1 })
    expect(missing.join()).toMatch(/identity: (not begun|\d+ of 50 rounds \(stopped\))/)
  },
)
