import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'

const PROGRAM = fileURLToPath(new URL('programs/log-on-demand.ts', import.meta.url))
const cannotMount = process.platform !== 'linux' || process.getuid?.() !== 0

type Line = Readonly<Record<string, unknown>>

/** A process that logs to `stdout` as often as it is asked to. */
class LoggingProcess {
  readonly child: ChildProcess

  constructor(stdout: number | 'pipe') {
    this.child = fork(PROGRAM, [], {
      execArgv: ['--import', import.meta.resolve('tsx')],
      stdio: ['ignore', stdout, 'inherit', 'ipc'],
    })
    onTestFinished(() => void this.child.kill('SIGKILL'))
  }

  /** Fails if the process ends instead, and the test times out if it hangs. */
  async log(lines: number, more: { warning?: true } = {}): Promise<void> {
    const done = Promise.race([once(this.child, 'message'), once(this.child, 'exit')])
    this.child.send({ lines, ...more })
    const [answer] = await done
    if (answer !== 'done') throw new Error(`The process ended with code ${answer}`)
  }

  async leave(): Promise<number | null> {
    const exit = once(this.child, 'exit')
    this.child.disconnect()
    const [code] = await exit
    return code as number | null
  }
}

function toFile(path: string): LoggingProcess {
  const log = openSync(path, 'a')
  const logging = new LoggingProcess(log)
  closeSync(log)
  return logging
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'unwritable-log-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function smallDisk(): string {
  const folder = temporaryFolder()
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder])
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]))
  return folder
}

/** Every line must be whole, so every line parses. */
function linesIn(text: string): Line[] {
  const lines = text.split('\n').filter(Boolean)
  return lines.map((line): Line => JSON.parse(line))
}

const missingIn = (lines: readonly Line[]): number =>
  lines.reduce((sum, { dropped = 0 }) => sum + Number(dropped), 0)

const askedFor = (lines: readonly Line[]): number =>
  lines.filter(({ msg }) => msg === 'asked for').length

describe('a process whose log cannot be written', () => {
  test.skipIf(cannotMount)(
    'goes on while the disk is full, and counts what is missing once there is space (needs root on Linux)',
    async () => {
      const disk = smallDisk()
      const log = join(disk, 'server.log')
      writeFileSync(join(disk, 'ballast'), Buffer.alloc(32 * 1024))
      const logging = toFile(log)
      await logging.log(1000)
      await logging.log(1000)
      rmSync(join(disk, 'ballast'))
      await logging.log(10)
      expect(await logging.leave()).toBe(0)
      const lines = linesIn(readFileSync(log, 'utf8'))
      expect(lines.find(({ dropped }) => dropped)).toMatchObject({
        level: 40,
        name: 'test',
        reason: 'ENOSPC',
      })
      expect(askedFor(lines) + missingIn(lines)).toBe(2010)
      expect(askedFor(lines)).toBeGreaterThan(50)
    },
  )

  test.skipIf(process.platform !== 'linux')(
    'goes on and ends in order on a disk that stays full (needs /dev/full)',
    async () => {
      const logging = toFile('/dev/full')
      await logging.log(1000)
      await logging.log(1000, { warning: true })
      expect(await logging.leave()).toBe(0)
    },
  )

  test('goes on while nobody reads its pipe, and counts what is missing once somebody does', async () => {
    const logging = new LoggingProcess('pipe')
    let text = ''
    await logging.log(10_000)
    await logging.log(10_000)
    logging.child.stdout?.on('data', (chunk) => (text += String(chunk)))
    await expect
      .poll(() => missingIn(linesIn(text.slice(0, text.lastIndexOf('\n')))), { timeout: 120_000 })
      .toBeGreaterThan(0)
    await logging.log(1)
    const ended = once(logging.child.stdout as NodeJS.ReadableStream, 'end')
    expect(await logging.leave()).toBe(0)
    await ended
    const lines = linesIn(text)
    expect(askedFor(lines) + missingIn(lines)).toBe(20_001)
  })

  test('goes on when the reader of its pipe has left', async () => {
    const logging = new LoggingProcess('pipe')
    logging.child.stdout?.destroy()
    await logging.log(1000)
    await logging.log(1000)
    expect(await logging.leave()).toBe(0)
  })
})

test('warnings of one kind are logged whole twenty times, and counted from then on', async () => {
  const folder = temporaryFolder()
  const log = join(folder, 'server.log')
  const logging = toFile(log)
  await logging.log(5000, { warning: true })
  await logging.log(30)
  expect(await logging.leave()).toBe(0)
  const lines = linesIn(readFileSync(log, 'utf8'))
  const warnings = lines.filter(({ msg }) => msg === 'lost')
  expect(warnings).toHaveLength(21)
  expect(warnings.at(-1)).toMatchObject({ store: 'redis', repeated: 4980 })
  expect(askedFor(lines)).toBe(30)
})
