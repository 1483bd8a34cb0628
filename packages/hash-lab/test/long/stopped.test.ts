import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import bcrypt from 'bcrypt'
import { describe, expect, test } from 'vitest'
import { digestHex } from '../fixtures.js'
import { LabFolder, type Outcome, parsed } from './lab-process.js'

const { path, run, start, write } = new LabFolder()

describe('an attack that was stopped', { timeout: 90_000 }, () => {
  // Long enough for the slowest look at the log, on the fastest machine.
  const words = [...Array.from({ length: 8000 }, (_, i) => `word${i}`), 'dragon'].join('\n')
  const slow = `first:${bcrypt.hashSync('word1', 4)}\nlast:${bcrypt.hashSync('dragon', 4)}\n`

  async function stopped(name: string, signal: NodeJS.Signals): Promise<Outcome> {
    write(name, slow)
    const { child, outcome } = start(['attack', name, '--words', write('words.txt', words)])
    await until(
      () =>
        /"place":\{"from":[1-9]/.test(readOrNothing(`${name}.attack`)) || child.exitCode !== null,
    )
    child.kill(signal)
    return outcome
  }

  test('by Ctrl-C reports, and goes on to the same result', async () => {
    const { code, stdout } = await stopped('ctrl-c.txt', 'SIGINT')
    expect(code).toBe(130)
    expect(stdout).toMatch(/cracked +1 of 2 users/)
    expect(stdout).toMatch(/attack ctrl-c.txt --resume/)
    const again = await run('attack', 'ctrl-c.txt', '--words', 'words.txt')
    expect(again.stderr).toMatch(/was stopped.*--resume.*--restart/)
    expect(again.code).toBe(2)
    const other = await run('attack', 'ctrl-c.txt', '--resume')
    expect(other.stderr).toMatch(/another word list/)
    const resumed = await run('attack', 'ctrl-c.txt', '--words', 'words.txt', '--resume', '--json')
    expect(passwords(resumed)).toEqual(['word1', 'dragon'])
    expect(existsSync(path('ctrl-c.txt.attack'))).toBe(false)
  })

  test('by SIGKILL goes on, also from a broken file', async () => {
    await stopped('kill.txt', 'SIGKILL')
    const log = path('kill.txt.attack')
    const lines = readFileSync(log, 'utf8').split('\n').length
    writeFileSync(log, `${readFileSync(log, 'utf8')}{"found":1,"pass`)
    const resumed = await run('attack', 'kill.txt', '--words', 'words.txt', '--resume', '--json')
    expect(resumed.stderr).toMatch(
      `kill.txt.attack: line ${lines} is broken; what stands before it`,
    )
    expect(passwords(resumed)).toEqual(['word1', 'dragon'])
  })

  test('does not go on with another table, or from nothing that can be read', async () => {
    await stopped('changed.txt', 'SIGINT')
    write('changed.txt', `${slow}new:${digestHex('md5', 'dragon')}\n`)
    const changed = await run('attack', 'changed.txt', '--words', 'words.txt', '--resume')
    expect(changed.stderr).toMatch(/another table, or this one has changed/)
    write('changed.txt.attack', 'not JSON\n')
    const broken = await run('attack', 'changed.txt', '--words', 'words.txt', '--resume')
    expect(broken.stderr).toMatch(/line 1 is broken/)
    const untouched = write('untouched.txt', slow)
    const nothing = await run('attack', untouched, '--resume')
    expect(nothing.stderr).toMatch(/nothing to resume/)
    expect([changed.code, broken.code, nothing.code]).toEqual([2, 2, 2])
  })
})

test.each([
  ['lookup --rainbow 5', /chains of 10/, /Stopped: the others were not built/],
  ['bench --no-tools', /Measuring/, /Stopped: \d of 5 comparisons are missing/],
])('%s, stopped by Ctrl-C, reports what it has', async (line, progress, message) => {
  const { child, outcome } = start(line.split(' '))
  await new Promise<void>((resolve) => {
    child.stderr?.on('data', (text) => progress.test(String(text)) && resolve())
  })
  child.kill('SIGINT')
  const { code, stdout } = await outcome
  expect(stdout).toMatch(message)
  expect(code).toBe(130)
})

function passwords({ stdout }: Outcome): string[] {
  return parsed(stdout).results.flatMap((it) => it.cracked.map(({ password }) => password))
}

function readOrNothing(name: string): string {
  try {
    return readFileSync(path(name), 'utf8')
  } catch {
    return ''
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 20))
}
