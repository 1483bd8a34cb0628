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
// Under npm, paths are those of where it was called.
const env = { ...process.env, INIT_CWD: folder, PATH: `${process.env['PATH']}:/usr/sbin` }

/** Whether it is there, and has something to compute on. */
function isReady(program: string, args: string[]): boolean {
  const { status, stdout } = spawnSync(program, args, {
    env: { ...env, HOME: folder },
    encoding: 'utf8',
  })
  return program === 'john' ? status !== null : status === 0 && /Device #|Device ID/i.test(stdout)
}

const hasJohn = isReady('john', [])
const hasHashcat = isReady('hashcat', ['-I'])

function attack(table: string, words: string, ...options: string[]): unknown {
  const args = [main, 'attack', table, '--words', words, '--no-log', '--json', ...options]
  const output = execFileSync(process.execPath, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    stdio: 'pipe',
  })
  const { results } = JSON.parse(output) as { results: { cracked: unknown }[] }
  return results.map(({ cracked }) => cracked)
}

function write(name: string, lines: readonly string[]): string {
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`)
  return name
}

const words = ['monkey', 'dragon', 'pass:word', 'qwerty', 'café', 'letmein', 'sunshine', 'shadow']

test.skipIf(!hasJohn)(
  'john finds the same bcrypt passwords, with the same list and rules (skipped without it: apt-get install john)',
  () => {
    const passwords = ['dragon', 'Monkey1', 'nowhere to be found', 'pass:word', 'dragon']
    const table = write(
      'bcrypt.txt',
      passwords.map((it, i) => `user${i}:${bcrypt.hashSync(it, 4)}`),
    )
    const options = [table, write('words.txt', words), '--rules', 'case,suffixes'] as const
    const lab = attack(...options)
    expect(lab).toMatchObject([
      [{ user: 'user0' }, { user: 'user1' }, { user: 'user3' }, { user: 'user4' }],
    ])
    expect(attack(...options, '--engine', 'john')).toEqual(lab)
  },
  180_000,
)

test.skipIf(!hasHashcat)(
  'hashcat finds the same md5 passwords (skipped without it: apt-get install hashcat pocl-opencl-icd ocl-icd-libopencl1)',
  () => {
    const passwords = ['dragon', 'shadow', 'nowhere to be found', 'pass:word', 'café', 'dragon']
    const table = write(
      'md5.txt',
      passwords.map((it, i) => `user${i}:${digestHex('md5', it)}`),
    )
    const options = [table, write('words.txt', words)] as const
    const lab = attack(...options)
    expect(lab).toMatchObject([
      ['user0', 'user1', 'user3', 'user4', 'user5'].map((user) => ({ user })),
    ])
    expect(attack(...options, '--engine', 'hashcat')).toEqual(lab)
  },
  400_000,
)
