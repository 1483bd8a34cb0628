import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import {
  cursorAfter,
  nicknameSchema,
  emailSchema,
  newPostRequest,
  pageQuery,
  registerRequest,
  updateMeRequest,
  uuidSchema,
} from '../src/contract.js'

const register = (change: Record<string, unknown>) =>
  registerRequest.safeParse({
    nickname: 'alice',
    email: 'a@example.org',
    password: 'x',
    ...change,
  })
const nicknameOf = (nickname: string): string | undefined => register({ nickname }).data?.nickname

const fieldsOf = (result: { error?: z.ZodError | undefined }): string[] =>
  (result.error?.issues ?? []).map((it) => it.path.join('.'))

describe('a nickname', () => {
  test.each([
    'al',
    'Alice',
    '42',
    'a_b.c-d e',
    'x'.repeat(32),
    'Ren\u00e9',
    '\u0410\u043b\u0438\u0441\u0430',
    '\u30a2\u30ea\u30b9',
    '\u0928\u093f\u0930\u092e\u0932',
  ])('may be %s', (nickname) => {
    expect(nicknameOf(nickname)).toBe(nickname)
  })

  test('loses space around it and is composed', () => {
    expect(nicknameOf('  Rene\u0301 ')).toBe('Ren\u00e9')
    expect(nicknameOf(` ${'x'.repeat(32)} `)).toBe('x'.repeat(32))
  })

  test.each([
    '',
    ' ',
    'a',
    ' a ',
    'x'.repeat(33),
    '_al',
    'al_',
    'a__b',
    'a. b',
    'a  b',
    'a/b',
    '<b>a</b>',
    'a@b',
    'a\tb',
    'a\nb',
    'a\0b',
    'a\u00a0b',
    'a\u200bb',
    'a\u202eb',
    'a\ufeffb',
    'a\ud800b',
    '\u{1f600}\u{1f600}',
  ])('may not be %j', (nickname) => {
    expect(nicknameOf(nickname)).toBeUndefined()
    expect(new Set(fieldsOf(register({ nickname })))).toStrictEqual(new Set(['nickname']))
  })
})

describe('an email', () => {
  test.each([
    ['a@example.org', 'a@example.org'],
    [' A@Example.ORG ', 'a@example.org'],
    [`${' '.repeat(300)}a@example.org`, 'a@example.org'],
    ["o'x+tag@mail.example.org", "o'x+tag@mail.example.org"],
  ])('%j is kept as %s', (email, kept) => {
    expect(emailSchema.parse(email)).toBe(kept)
  })

  test.each([
    '',
    'a',
    'a@',
    '@example.org',
    'a@b',
    'a b@example.org',
    'a:b@example.org',
    'a@example.org,b@example.org',
    'a@@example.org',
    'a..b@example.org',
    'a\0b@example.org',
    'a\r\nb@example.org',
    '\u00fc@example.org',
    '\u212a@example.org',
    'a@ex\u00e4mple.org',
    `${'a'.repeat(250)}@example.org`,
  ])('may not be %j', (email) => {
    expect(emailSchema.safeParse(email).success).toBe(false)
  })

  test('may be 254 bytes long (RFC 5321, section 4.5.3.1.3)', () => {
    const domain = `${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.org`
    const email = `${'a'.repeat(254 - domain.length - 1)}@${domain}`
    expect(email).toHaveLength(254)
    expect(emailSchema.parse(email)).toBe(email)
    expect(emailSchema.safeParse(`a${email}`).success).toBe(false)
  })

  test('has no colon, which ends the user id of a Basic header (RFC 7617)', () => {
    expect(emailSchema.safeParse('"a:b"@example.org').success).toBe(false)
  })
})

describe('a registration', () => {
  test('takes any string as password and leaves it as it is', () => {
    for (const password of ['', ' a ', 'e\u0301', 'a\0b', 'x'.repeat(9_000)]) {
      expect(register({ password }).data?.password).toBe(password)
    }
    expect(fieldsOf(register({ password: 12_345_678 }))).toStrictEqual(['password'])
  })
})

describe('a change of the own profile', () => {
  test.each([[{ nickname: 'alice' }], [{ password: 'new', currentPassword: 'old' }]])(
    'may be %j',
    (change) => {
      expect(updateMeRequest.parse(change)).toStrictEqual(change)
    },
  )

  test.each([
    [{}, ['nickname']],
    [{ password: 'new' }, ['currentPassword']],
    [{ currentPassword: 'old' }, ['password', 'nickname']],
    [{ nickname: 'alice', password: 'new' }, ['currentPassword', 'nickname']],
    // One at a time: a nickname that is taken must not leave the password changed.
    [{ nickname: 'alice', password: 'new', currentPassword: 'old' }, ['nickname']],
    [{ nickname: 'alice', currentPassword: 'old' }, ['password']],
    [{ nickname: null }, ['nickname']],
  ])('may not be %j: it names %j', (change, fields) => {
    expect(fieldsOf(updateMeRequest.safeParse(change))).toStrictEqual(fields)
  })

  test('cannot change the email, or an id', () => {
    const result = updateMeRequest.safeParse({ nickname: 'alice', email: 'b@example.org', id: '1' })
    expect(result.error?.issues).toMatchObject([{ keys: ['email', 'id'] }])
  })
})

describe('a new post', () => {
  const post = (change: Record<string, unknown>) =>
    newPostRequest.safeParse({ title: 'title', body: 'body', ...change })

  test('keeps its body as it is, and its title without space around it', () => {
    const result = post({ title: ' t ', body: ' b\n<script>\u{1f600} ' })
    expect(result.data).toStrictEqual({ title: 't', body: ' b\n<script>\u{1f600} ' })
  })

  test.each([
    ['title', '', 'x'.repeat(120)],
    ['body', '', 'x'.repeat(5_000)],
  ])('has a %s with a length', (field, tooShort, longest) => {
    expect(fieldsOf(post({ [field]: tooShort }))).toStrictEqual([field])
    expect(post({ [field]: longest }).success).toBe(true)
    expect(fieldsOf(post({ [field]: `${longest}x` }))).toStrictEqual([field])
  })

  test.each(['title', 'body'])(
    'has no character in its %s that PostgreSQL cannot keep',
    (field) => {
      expect(fieldsOf(post({ [field]: 'a\0b' }))).toStrictEqual([field])
      expect(fieldsOf(post({ [field]: 'a\ud800b' }))).toStrictEqual([field])
    },
  )
})

/** Texts that `Buffer.from(text, 'base64url')` decodes to the same bytes as `cursor`. */
function notCanonical(cursor: string): string[] {
  return [
    `${cursor}=`,
    `${cursor}==`,
    `${cursor}'`,
    `'${cursor}`,
    ` ${cursor}`,
    `${cursor}\n`,
    `${cursor.slice(0, 2)}.${cursor.slice(2)}`,
    `${cursor}A`,
    ...(cursor.length % 4 === 0 ? [] : [withOtherSpareBits(cursor)]),
  ]
}

/** The last character holds bits that are not part of any byte. */
function withOtherSpareBits(cursor: string): string {
  return (
    cursor.slice(0, -1) + String.fromCodePoint((cursor.codePointAt(cursor.length - 1) ?? 0) + 1)
  )
}

describe('the query of a paged list', () => {
  const query = pageQuery(uuidSchema)
  const ID = '0190f7d5-6c1e-7b6a-8f3d-1c2b3a4d5e6f'

  test('asks for 20 from the beginning, unless it says otherwise', () => {
    expect(query.parse({})).toStrictEqual({ limit: 20, after: undefined })
    expect(query.parse({ limit: '1' }).limit).toBe(1)
    expect(query.parse({ limit: '100' }).limit).toBe(100)
  })

  test.each(['0', '101', '-1', '1.5', 'many', '', 'Infinity', 'NaN', ['1', '2']])(
    'cannot have the limit %j',
    (limit) => {
      expect(fieldsOf(query.safeParse({ limit }))).toStrictEqual(['limit'])
    },
  )

  test('goes on behind the cursor that the page before gave', () => {
    expect(query.parse({ cursor: cursorAfter(ID) }).after).toBe(ID)
    const names = pageQuery(nicknameSchema)
    expect(names.parse({ cursor: cursorAfter('Ren\u00e9 \u30a2') }).after).toBe('Ren\u00e9 \u30a2')
  })

  test('takes the cursor of the longest nickname', () => {
    const names = pageQuery(nicknameSchema)
    const longest = '\u30a2'.repeat(32)
    expect(names.parse({ cursor: cursorAfter(longest) }).after).toBe(longest)
  })

  test.each([
    '',
    'AA',
    '!!!!',
    cursorAfter('no id'),
    cursorAfter(`${ID}'; DROP TABLE posts`),
    cursorAfter(`${ID}\0`),
    cursorAfter(ID.toUpperCase()),
    cursorAfter('alice'),
    ...notCanonical(cursorAfter(ID)),
    'A'.repeat(301),
    ['AA', 'AA'],
  ])('refuses the cursor %j', (cursor) => {
    expect(fieldsOf(query.safeParse({ cursor }))).toStrictEqual(['cursor'])
  })

  test.each<[what: string, cursor: string]>([
    ['a NUL, which PostgreSQL cannot take', cursorAfter('\0')],
    ['a NUL within', cursorAfter('alice\0')],
    ['nothing', ''],
    ['space around it', cursorAfter(' alice ')],
    ['a mark that NFC joins to its letter', cursorAfter('Rene\u0301')],
    ['a quote', cursorAfter("';drop")],
    ['too many characters', cursorAfter('a'.repeat(33))],
    ['a post id', cursorAfter(ID)],
    ['no UTF-8', Buffer.from([0x61, 0x62, 0xff]).toString('base64url')],
    ...notCanonical(cursorAfter('alice')).map((it): [string, string] => ['another spelling', it]),
  ])('refuses a cursor of a text with %s: %s', (_what, cursor) => {
    expect(fieldsOf(pageQuery(nicknameSchema).safeParse({ cursor }))).toStrictEqual(['cursor'])
  })

  test('has no other members', () => {
    const result = query.safeParse({ limit: '1', offset: '5' })
    expect(result.error?.issues).toMatchObject([{ keys: ['offset'] }])
  })
})

test('an email outside ASCII is refused, not folded into somebody else’s', () => {
  expect(emailSchema.safeParse('\u212Aate@example.org').success).toBe(false)
})
