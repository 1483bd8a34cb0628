import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { acquireLock, lockHolder } from '../src/process/folder-lock.js'
import { startedAt } from '../src/process/process-list.js'

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'folder-lock-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const DEAD = `4194999 ${startedAt(process.pid)}\n`
const OTHER_PROCESS_OF_THIS_PID = `${process.pid} 1\n`

it.each([
  ['nothing', ''],
  ['garbage', '\0\u{fffd}garbage\n'],
  ['a single word', 'garbage'],
  ['a number alone', '42'],
  ['a process that is gone', DEAD],
  ['another process that had the pid', OTHER_PROCESS_OF_THIS_PID],
])('takes a lock that holds %s, as a file and in a folder', (_what, text) => {
  const path = join(emptyFolder(), 'test.lock')
  const take = (): void => {
    expect(lockHolder(path)).toBeUndefined()
    const lock = acquireLock(path, 'a test')
    expect(lockHolder(path)).toBe(process.pid)
    lock.release()
    expect(lockHolder(path)).toBeUndefined()
  }
  writeFileSync(path, text)
  take()
  mkdirSync(path)
  writeFileSync(join(path, 'claim'), text)
  mkdirSync(join(path, 'folder'))
  take()
})

it('refuses a lock that a living process holds, and names the process', () => {
  const folder = emptyFolder()
  const path = join(folder, 'test.lock')
  const lock = acquireLock(path, 'a test')
  expect(() => acquireLock(path, 'a test')).toThrow(`process ${process.pid}`)
  lock.release()
  lock.release()
  expect(readdirSync(folder)).toEqual([])
  writeFileSync(path, `${process.pid} ${startedAt(process.pid)}\n`)
  expect(() => acquireLock(path, 'a test')).toThrow(`process ${process.pid}`)
})

it('is held by one of many processes at a time, whatever killed ones leave behind', async () => {
  const path = join(emptyFolder(), 'test.lock')
  const program = fileURLToPath(new URL('programs/fight-for-lock.ts', import.meta.url))
  const args = ['--import', import.meta.resolve('tsx'), program, path, '60']
  const fights = Array.from({ length: 4 }, async () => promisify(execFile)(process.execPath, args))
  const outcomes = (await Promise.all(fights)).map(
    ({ stdout }): { held: number; together: number } => JSON.parse(stdout),
  )
  expect(outcomes.map(({ together }) => together)).toEqual([0, 0, 0, 0])
  expect(outcomes.reduce((sum, { held }) => sum + held, 0)).toBeGreaterThan(60)
})
