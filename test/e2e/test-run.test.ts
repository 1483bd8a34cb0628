import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

/** A run of some tests, as npm starts it, with a folder of its own for temporary files. */
async function run(...files: string[]): Promise<{
  child: ChildProcess
  exit: Promise<number | null>
  output: () => string
  left: () => Promise<string[]>
}> {
  const folder = await mkdtemp(join(tmpdir(), 'tmp-'))
  // PostgreSQL may run as another account.
  await chmod(folder, 0o1777)
  const { FORCE_COLOR: _colours, ...inherited } = process.env
  const child = spawn(process.execPath, ['test/run.mjs', 'test:long', ...files], {
    env: { ...inherited, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => (output += String(chunk)))
  }
  const exit = once(child, 'close').then(([code]) => code as number | null)
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exit
    await rm(folder, { recursive: true, force: true })
  })
  return {
    child,
    exit,
    output: () => output,
    left: async () => readdir(folder, { recursive: true }),
  }
}

const SLOW = { timeout: 180_000 }

test('a run that is interrupted leaves no temporary file', SLOW, async () => {
  const { child, exit, output, left } = await run('packages/services/test/long/postgres-recovery')
  const hasData = async (): Promise<boolean> =>
    (await left()).some((it) => it.endsWith('PG_VERSION'))
  await expect.poll(hasData, { timeout: 120_000, interval: 500 }).toBe(true)
  child.kill('SIGINT')
  expect(await exit).toBe(130)
  expect(output()).toContain('INTERRUPTED before the end')
  expect(await left()).toEqual([])
})

test('a run whose output goes into a file writes no colour codes', SLOW, async () => {
  const { exit, output, left } = await run('packages/workbench/test/long/site-inputs')
  await exit
  expect(output()).toContain('== tests')
  expect(output()).not.toContain('\x1b')
  expect(await left()).toEqual([])
})
