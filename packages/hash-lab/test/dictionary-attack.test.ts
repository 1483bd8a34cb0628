import bcrypt from 'bcrypt'
import { describe, expect, test } from 'vitest'
import { browserHashes } from '../src/browser-hashes.js'
import { createAttacker } from '../src/dictionary-attack.js'
import { combineRules, parseRule } from '../src/mangling-rules.js'
import { nativeHashes } from '../src/node/native-hashes.js'
import { argon2idHash, scryptHash } from '../src/node/salted-hashes.js'
import { signedToken } from '../src/node/signed-token.js'
import { digestHex, recorded, target } from './fixtures.js'

const LONG = 'a word that is longer than the one block which the kernel hashes'
const words = (...list: string[]): Uint8Array => Buffer.from(list.join('\n'))

describe.each(['md5', 'sha1', 'sha256'] as const)('a dictionary attack on %s', (hash) => {
  test('finds every user of a password, in one pass, also behind CRLF and without a last newline', async () => {
    const hashes = ['dragon', 'monkey', 'nowhere', 'dragon', LONG, 'last']
    const targets = hashes.map((it) => target(digestHex(hash, it)))
    const control = recorded(targets.length)
    const attacker = await createAttacker({ targets, rules: [], hashes: nativeHashes, control })
    const list = Buffer.from(`monkey\r\n\r\ndragon\r\n${LONG}\nlast`)
    expect(await attacker.tryWords(list, 0, attacker.groups)).toBe(true)
    expect(control.found.toSorted()).toEqual(
      ['0:dragon', '1:monkey', '3:dragon', `4:${LONG}`, '5:last'].toSorted(),
    )
    expect([control.guesses, attacker.groups]).toEqual([4, 1])
  })

  test.each(['s', '12345678', 'seven77'])(
    'with the salt "%s": each user costs guesses',
    async (salt) => {
      const targets = [
        target(`${digestHex(hash, salt, 'dragon')}:${salt}`),
        target(`${digestHex(hash, 'other', 'dragon')}:other`),
        target(`${digestHex(hash, salt, 'nowhere')}:${salt}`),
      ]
      const control = recorded(targets.length)
      const attacker = await createAttacker({ targets, rules: [], hashes: nativeHashes, control })
      await attacker.tryWords(words('monkey', 'dragon', LONG), 0, attacker.groups)
      expect(control.found.toSorted()).toEqual(['0:dragon', '1:dragon'])
      expect([control.guesses, attacker.groups]).toEqual([6, 2])
    },
  )
})

test('a salted hash is not found by the hash of the word alone, nor under another salt', async () => {
  const targets = [target(`${digestHex('md5', 'dragon')}:salt`)]
  const control = recorded(1)
  const attacker = await createAttacker({ targets, rules: [], hashes: nativeHashes, control })
  await attacker.tryWords(words('dragon', 'saltdragon'), 0, 1)
  expect(control.found).toEqual([])
})

describe.each([
  ['native code', nativeHashes],
  ['a page', browserHashes],
])('with %s', (_where, hashes) => {
  test.each([
    ['bcrypt', () => bcrypt.hashSync('Dragon1', 4)],
    ['bcrypt of PHP', () => bcrypt.hashSync('Dragon1', 4).replace('$2b$', '$2y$')],
    ['scrypt', async () => scryptHash('Dragon1', Buffer.alloc(16, 7), 4)],
    ['argon2id', async () => argon2idHash('Dragon1', Buffer.alloc(16, 7), 4)],
    ['a token’s secret', () => signedToken({ sub: '1' }, 'Dragon1')],
  ])('%s is guessed, one guess at a time', async (_what, make) => {
    const targets = [target(await make())]
    const control = recorded(1)
    const rules = [':', 'c', 'c$1'].map(parseRule)
    const attacker = await createAttacker({ targets, rules, hashes, control })
    await attacker.tryWords(words('monkey', '123', 'dragon', 'never'), 0, 1)
    expect(control.found).toEqual(['0:Dragon1'])
    // 123 has no other case: what the rules leave as it is is tried once.
    expect(control.guesses).toBe(3 + 1 + 3)
  })
})

test('stops between guesses, and says that it was not done', async () => {
  const targets = [target(bcrypt.hashSync('nowhere', 4))]
  const control = recorded(1, 2)
  const attacker = await createAttacker({ targets, rules: [], hashes: nativeHashes, control })
  expect(await attacker.tryWords(words('a', 'b', 'c', 'd'), 0, 1)).toBe(false)
  expect(control.guesses).toBe(2)
})

test.each([
  ['md5', (it: Uint8Array) => digestHex('md5', it)],
  ['bcrypt', (it: Uint8Array) => bcrypt.hashSync(Buffer.from(it), 4)],
])('%s: a word written as $HEX[…] is the bytes that it stands for', async (_scheme, hash) => {
  const bytes = Uint8Array.from([0x63, 0x61, 0x66, 0xe9])
  const long = new Uint8Array(200).fill(0xe9)
  const targets = [bytes, Buffer.from('Caf\xe91', 'latin1'), Buffer.from('$HEX[zz]'), long].map(
    (it) => target(hash(it)),
  )
  const control = recorded(targets.length)
  const rules = [':', 'c$1'].map(parseRule)
  const attacker = await createAttacker({ targets, rules, hashes: nativeHashes, control })
  const list = words(
    '$HEX[636166E9]',
    '$HEX[zz]',
    `$HEX[${'e9'.repeat(200)}]`,
    `$HEX[${'e9'.repeat(257)}]`,
  )
  await attacker.tryWords(list, 0, attacker.groups)
  expect(control.found.map((it) => it.slice(0, 1)).toSorted()).toEqual(['0', '1', '2', '3'])
  expect(attacker.skippedWords).toBe(1)
})

test('words over 256 bytes are counted and left out', async () => {
  const control = recorded(1)
  const targets = [target(digestHex('md5', 'x'))]
  const attacker = await createAttacker({ targets, rules: [], hashes: nativeHashes, control })
  await attacker.tryWords(words('y'.repeat(257), 'x'), 0, 1)
  expect([attacker.skippedWords, control.found]).toEqual([1, ['0:x']])
})

test('rules find what people make of a word', async () => {
  const made = ['Dragon', 'dragon1987', 'DRAGON!', 'dr4gon', 'Dr4g0n123', 'Drag0n1987']
  const targets = made.map((it) => target(digestHex('sha1', it)))
  const control = recorded(targets.length)
  const rules = combineRules(['case', 'years', 'leet', 'suffixes'])
  const attacker = await createAttacker({ targets, rules, hashes: nativeHashes, control })
  await attacker.tryWords(words('dragon'), 0, 1)
  expect(control.found.toSorted()).toEqual(made.map((it, i) => `${i}:${it}`))
})
