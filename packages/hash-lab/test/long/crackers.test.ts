import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import bcrypt from 'bcrypt'
import { afterAll, expect, test } from 'vitest'
import { digestHex } from '../fixtures.js'

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'hash-lab-crackers-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
// Under npm, paths are those of where it was called. Both crackers keep what they found in the home folder.
const env = {
  ...process.env,
  INIT_CWD: folder,
  HOME: folder,
  PATH: `${process.env['PATH']}:/usr/sbin`,
}
const options = { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' } as const

/** Whether it is there, and has something to compute on. */
function isReady(program: string, args: string[]): boolean {
  const { status, stdout } = spawnSync(program, args, options)
  return program === 'john' ? status !== null : status === 0 && /Device #|Device ID/i.test(stdout)
}

const hasJohn = isReady('john', [])
const hasHashcat = isReady('hashcat', ['-I'])

interface Stolen {
  readonly file: string
  readonly commands: { readonly hashcat: string[]; readonly john: string[] }
}

function lab(...args: string[]): unknown {
  return JSON.parse(execFileSync(process.execPath, [main, ...args, '--json'], options))
}

/** A table and a word list from `steal`, both with a name that a shell would take apart. */
function steal(scheme: string, users: number): Stolen {
  const files = ['--out', `a ${scheme} table.txt`, '--words', `${scheme}'s words.txt`]
  return lab(
    'steal',
    '--scheme',
    scheme,
    '--users',
    String(users),
    '--seed',
    '3',
    ...files,
  ) as Stolen
}

/** The user and the password of each line that the lab cracks. */
function crackedByLab(file: string, words: string): string[] {
  const { results } = lab('attack', file, '--words', words, '--no-log') as {
    results: { cracked: { user: string; password: string }[] }[]
  }
  return results.flatMap(({ cracked }) => cracked.map((it) => `${it.user}:${it.password}`))
}

/** Runs the commands as they were printed. hashcat exits with 1 where it didn't find all of them. */
function runInShell(commands: readonly string[]): string {
  return commands.map((command) => spawnSync('sh', ['-c', command], options).stdout).join('')
}

test.skipIf(!hasJohn)(
  'the john commands that steal prints find what the lab finds (skipped without it: apt-get install john)',
  () => {
    const { file, commands } = steal('bcrypt', 6)
    // john's own words, so that it is done within seconds
    writeFileSync(join(folder, "bcrypt's words.txt"), 'dragon\npass:word\n')
    const own = [`ada:${bcrypt.hashSync('dragon', 4)}`, `eve:${bcrypt.hashSync('pass:word', 4)}`]
    writeFileSync(join(folder, file), `${own.join('\n')}\nkim:${bcrypt.hashSync('no', 4)}\n`)
    expect(crackedByLab(file, "bcrypt's words.txt")).toEqual(['ada:dragon', 'eve:pass:word'])
    const shown = runInShell(commands.john)
    expect(shown).toMatch(/^ada:dragon$/m)
    expect(shown).toMatch(/^eve:pass:word$/m)
    expect(shown).not.toMatch(/^kim:/m)
  },
  180_000,
)

test.skipIf(!hasHashcat)(
  'the hashcat commands that steal prints find what the lab finds (skipped without it: apt-get install hashcat pocl-opencl-icd ocl-icd-libopencl1)',
  () => {
    const { file, commands } = steal('md5-salt', 40)
    const found = crackedByLab(file, "md5-salt's words.txt")
    expect(found.length).toBeGreaterThan(5)
    const shown = runInShell(commands.hashcat)
      .split('\n')
      .filter((line) => /^[^:]+:[0-9a-f]{32}:[^:]+:/.test(line))
      .map((line) => line.replace(/^([^:]+):[0-9a-f]{32}:[^:]+:/, '$1:'))
    expect(shown.toSorted()).toEqual(found.toSorted())
  },
  400_000,
)

test('the table that the printed sed command makes for John is read like the one it was made from', () => {
  const { file, commands } = steal('sha1-salt', 40)
  runInShell(commands.john.slice(0, 1))
  const found = crackedByLab(file, "sha1-salt's words.txt")
  expect(found.length).toBeGreaterThan(5)
  expect(crackedByLab(`${file}.john`, "sha1-salt's words.txt")).toEqual(found)
})

test.skipIf(!hasHashcat)(
  'hashcat and the lab read the same words and salts that are not UTF-8',
  () => {
    const lines = [
      `ada:${digestHex('md5', Buffer.from([0xe9, 0x31]), 'dragon')}:\u00e91`,
      `eve:${digestHex('md5', Buffer.from('s'), Buffer.from([0x63, 0x61, 0x66, 0xe9]))}:s`,
    ]
    writeFileSync(join(folder, 'latin1.txt'), `${lines.join('\n')}\n`, 'latin1')
    writeFileSync(join(folder, 'hex-words.txt'), 'dragon\n$HEX[636166e9]\n')
    const labs = crackedByLab('latin1.txt', 'hex-words.txt')
    expect(labs).toEqual(['ada:dragon', 'eve:$HEX[636166e9]'])
    const command = 'hashcat -a 0 -m 20 --username latin1.txt hex-words.txt'
    const shown = runInShell([command, 'hashcat -m 20 --username --show latin1.txt'])
    expect(shown).toMatch(/^ada:.*:dragon$/m)
    expect(shown).toMatch(/^eve:.*:\$HEX\[636166e9\]$/m)
  },
  400_000,
)
