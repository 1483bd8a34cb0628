import { describe, expect, test } from 'vitest'
import bcrypt from 'bcrypt'
import fc from 'fast-check'
import { digest } from '../src/digests.js'
import { bytesText, fromHexNotation, passwordText, utf8 } from '../src/bytes.js'
import { bcryptParts, bcryptSalt } from '../src/bcrypt-string.js'
import { costWithin, measureCostCurve } from '../src/cost-curve.js'
import { parseLeakedTable } from '../src/leaked-table.js'
import { LookupTable } from '../src/lookup-table.js'
import { populate } from '../src/password-population.js'
import { PasswordSpace } from '../src/password-space.js'
import { RainbowTable } from '../src/rainbow-table.js'
import { seededRandom } from '../src/random.js'
import { digestHex } from './fixtures.js'

const MD5 = digestHex('md5', 'x')

describe('a leaked table', () => {
  test('is read in every form, with CRLF and a byte order mark', () => {
    const { users, problems } = parseLeakedTable(
      [
        `\uFEFFmia:${MD5.toUpperCase()}`,
        MD5,
        `noah:${digestHex('sha1', 'x')}:salt:with:colons`,
        `ada:${bcrypt.hashSync('x', 4)}:1000:1000::/home/ada:/bin/sh`,
        '',
        'eve:SCRYPT:16:8:1:c2FsdA==:aGFzaA==',
        'bob:$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g',
        `joe:$dynamic_4$${MD5}$salt`,
      ].join('\r\n'),
    )
    expect(problems).toEqual([])
    expect(users.map(({ user, line, hash }) => [line, user, hash.scheme])).toEqual([
      [1, 'mia', 'md5'],
      [2, undefined, 'md5'],
      [3, 'noah', 'sha1-salt'],
      [4, 'ada', 'bcrypt'],
      [6, 'eve', 'scrypt'],
      [7, 'bob', 'argon2id'],
      [8, 'joe', 'md5-salt'],
    ])
    expect(users[0]?.hash.text).toBe(MD5)
  })

  test.each([
    ['mia:12345', /no hash that the lab knows: "mia:12345"/],
    ['mia:$2b$99$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', /no hash/],
    [`mia:${'x'.repeat(9000)}`, /has 9004 bytes/],
    ['\u0000\u0001binary', /no hash that the lab knows: "\\u\{0\}\\u\{1\}binary"/],
    ['\u001b]0;title\u0007\u202e:x', /"\\u\{1b\}\]0;title\\u\{7\}\\u\{202e\}:x"/],
    ['eve:SCRYPT:15:8:1:c2FsdA==:aGFzaA==', /no hash/],
    ['eve:SCRYPT:16:0:1:c2FsdA==:aGFzaA==', /no hash/],
    ['eve:SCRYPT:1073741824:8:1:c2FsdA==:aGFzaA==', /no hash/],
    ['bob:$argon2id$v=19$m=4,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g', /no hash/],
    ['bob:$argon2id$v=19$m=64,t=2,p=1$c2FsdA$aGFzaGhhc2g', /no hash/],
    // The number says SHA-1, the digits say MD5.
    [`joe:$dynamic_25$${MD5}$salt`, /no hash/],
  ])('tells the line that it cannot read, and reads the others: %#', (line, message) => {
    const { users, problems } = parseLeakedTable(`${MD5}\n${line}\n${MD5}`)
    expect(users.map((it) => it.line)).toEqual([1, 3])
    expect(problems).toEqual([{ line: 2, message: expect.stringMatching(message) }])
  })
})

describe('what the fields behind a hash are', () => {
  test.each([
    ['john’s empty fields', `mia:${MD5}:::`, undefined],
    ['one empty field', `mia:${MD5}:`, undefined],
    ['no user, empty fields', `${MD5}:::`, undefined],
    ['/etc/passwd', `mia:${MD5}:1000:1000:Mia,,,:/home/mia:/bin/sh`, undefined],
    ['/etc/passwd without ids', `mia:${MD5}:::Mia:/home/mia:`, undefined],
    ['/etc/shadow', `mia:${MD5}:19000:0:99999:7:::`, undefined],
    ['a salt', `mia:${MD5}:abc`, 'abc'],
    ['a salt of digits', `mia:${MD5}:1000`, '1000'],
    ['a salt with colons', `mia:${MD5}:a:b:c`, 'a:b:c'],
    ['a salt with empty fields behind it', `mia:${MD5}:abc:::`, 'abc'],
    ['a salt in hashcat’s notation', `mia:${MD5}:$HEX[613a62]`, 'a:b'],
    ['a salt for John the Ripper', `mia:$dynamic_4$${MD5}$abc`, 'abc'],
    ['a salt in John the Ripper’s notation', `mia:$dynamic_4$${MD5}$HEX$613a62`, 'a:b'],
  ])('%s', (_what, line, salt) => {
    const { users, problems } = parseLeakedTable(line)
    expect(problems).toEqual([])
    expect(users.map(({ hash }) => hash.salt && Buffer.from(hash.salt).toString())).toEqual([salt])
  })
})

test('salts and names stay the bytes that they are, in any encoding', () => {
  const line = Buffer.concat([
    Buffer.from([0x6a, 0xe9, 0x3a]),
    Buffer.from(`${MD5}:`),
    Buffer.from([0xff, 0x9b]),
  ])
  const { users } = parseLeakedTable(Buffer.concat([Buffer.from(`zoë:${MD5}:ü\n`), line]))
  expect(users.map(({ user }) => user)).toEqual(['zoë', '$HEX[6ae9]'])
  expect(users.map(({ hash }) => Buffer.from(hash.salt ?? []).toString('hex'))).toEqual([
    Buffer.from('ü').toString('hex'),
    'ff9b',
  ])
})

test('what is shown of a password can be read back, and drives no terminal', () => {
  const anyBytes = fc.uint8Array({ minLength: 1 })
  const tricky = fc.constantFrom(
    '\u001b[2J',
    '\u009b2J',
    '\u202eabc',
    'a\rb',
    '\b',
    'a:b',
    '$HEX[00]',
  )
  fc.assert(
    fc.property(fc.oneof(anyBytes, tricky.map(utf8)), (bytes) => {
      for (const shown of [passwordText(bytes), bytesText(bytes)]) {
        expect([...(fromHexNotation(shown) ?? utf8(shown))]).toEqual([...bytes])
      }
      expect(passwordText(bytes)).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u)
    }),
  )
})

test('bcrypt’s string and its parts, and a salt in its alphabet', async () => {
  const salt = bcryptSalt(Uint8Array.from({ length: 16 }, (_, i) => i * 17))
  const hash = await bcrypt.hash('x', `$2b$04$${salt}`)
  expect(bcryptParts(hash)).toEqual({ version: '2b', cost: 4, salt, hash: hash.slice(29) })
  expect(bcryptParts(hash.slice(1))).toBeUndefined()
})

test('a lookup table finds each word of its list and no other', async () => {
  const words = ['dragon', 'monkey', 'x'.repeat(55), 'y'.repeat(56)]
  const table = LookupTable.build('sha1', utf8([...words, '$HEX[6d6961]'].join('\r\n')))
  expect(table.size).toBe(4)
  expect(Buffer.from(table.find(await digest('sha1', utf8('mia'))) ?? []).toString()).toBe('mia')
  for (const word of words.slice(0, 3)) {
    const found = table.find(await digest('sha1', utf8(word)))
    expect(Buffer.from(found ?? []).toString()).toBe(word)
  }
  expect(table.find(await digest('sha1', utf8('y'.repeat(56))))).toBeUndefined()
  expect(table.find(await digest('sha1', utf8('saltdragon')))).toBeUndefined()
})

test('a rainbow table finds what is on a chain, with a fraction of the room', async () => {
  const space = new PasswordSpace('abcdefghij', 3)
  const table = await RainbowTable.build({ hash: 'md5', space, chains: 100, chainLength: 20 })
  let found = 0
  for (let i = 0; i < space.size; i += 1) {
    const password = table.find(await digest('md5', utf8(space.text(i))))
    expect([undefined, space.text(i)]).toContain(password)
    if (password !== undefined) found += 1
  }
  expect(table.buildHashes).toBe(2000)
  expect(table.size).toBeLessThanOrEqual(100)
  expect(found / space.size).toBeGreaterThan(0.5)
  expect(table.find(await digest('md5', utf8('none')))).toBeUndefined()
})

test('people choose common passwords, changed ones and strong ones; a seed chooses the same', () => {
  const people = populate(2000, seededRandom(1))
  expect(populate(2000, seededRandom(1))).toEqual(people)
  expect(populate(2000, seededRandom(2))).not.toEqual(people)
  expect(new Set(people.map(({ user }) => user)).size).toBe(2000)
  const counts = new Map<string, number>()
  for (const { password } of people) counts.set(password, (counts.get(password) ?? 0) + 1)
  // Zipf: the first of the list is many people's, most are one person's.
  expect(counts.get('123456')).toBeGreaterThan(5)
  expect([...counts.values()].filter((it) => it === 1).length).toBeGreaterThan(1000)
})

test('a cost curve has a point for each cost, and the highest that fits a budget', async () => {
  const asked: number[] = []
  const hash = (cost: number): void => void asked.push(cost)
  const points = await all(measureCostCurve({ from: 4, to: 6, samples: 3, hash }))
  expect(asked).toEqual([4, 4, 4, 4, 5, 5, 5, 6, 6, 6])
  expect(points.map(({ cost, samples, ratio }) => [cost, samples, ratio !== undefined])).toEqual([
    [4, 3, false],
    [5, 3, true],
    [6, 3, true],
  ])
  const measured = [10, 20, 40].map((medianMs, i) => ({ ...points[0], cost: 10 + i, medianMs }))
  expect(costWithin(measured as typeof points, 30)?.cost).toBe(11)
  expect(costWithin(measured as typeof points, 5)).toBeUndefined()
})

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
