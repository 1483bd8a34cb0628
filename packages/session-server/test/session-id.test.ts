import { createHash } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import {
  hashSessionId,
  isSessionId,
  newSessionId,
  systemRandomBytes,
  tagOf,
  userTag,
} from '../src/session-id.js'

const USER = '0190f7d5-6c1e-7b6a-8f3d-1c2b3a4d5e6f'

describe('a session id', () => {
  test('is 256 bits of the random source, all of them (OWASP Session Management)', () => {
    const bytes = Buffer.from(Array.from({ length: 32 }, (_, i) => 0xff - i))
    const random = vi.fn(() => bytes)
    const id = newSessionId(USER, random)
    expect(random.mock.calls).toStrictEqual([[32]])
    expect(Buffer.from(String(id.split('.')[1]), 'base64url').equals(bytes)).toBe(true)
  })

  test('is another one each time, in the form that is recognised', () => {
    const ids = Array.from({ length: 1_000 }, () => newSessionId(USER, systemRandomBytes))
    expect(new Set(ids.map((it) => it.slice(5))).size).toBe(1_000)
    for (const id of ids) expect(isSessionId(id)).toBe(true)
  })

  test('can stand in a cookie as it is (RFC 6265, section 4.1.1)', () => {
    expect(newSessionId(USER, systemRandomBytes)).toMatch(/^[\w.-]{48}$/)
  })

  test('begins with the tag of its user, which does not tell who it is', () => {
    const id = newSessionId(USER, systemRandomBytes)
    expect(tagOf(id)).toBe(userTag(USER))
    expect(userTag(USER)).toMatch(/^[0-9a-f]{4}$/)
    expect(USER).not.toContain(userTag(USER))
    expect(userTag(USER)).toBe(userTag(USER))
    const tags = Array.from({ length: 50 }, (_, i) => userTag(`user ${i}`))
    expect(new Set(tags).size).toBeGreaterThan(40)
  })

  const VALID = `0a1b.${'A'.repeat(43)}`
  test.each([
    ['nothing', ''],
    ['no tag', 'A'.repeat(43)],
    ['a tag that is no hex', `xyz0.${'A'.repeat(43)}`],
    ['a tag in upper case', `0A1B.${'A'.repeat(43)}`],
    ['a short tag', `0a1.${'A'.repeat(43)}`],
    ['42 characters', VALID.slice(0, -1)],
    ['44 characters', `${VALID}A`],
    ['padding', `${VALID}=`],
    ['base64 in place of base64url', `0a1b.${'+'.repeat(43)}`],
    ['a brace, which names a hash slot', `0a1b.{${'A'.repeat(42)}`],
    ['a colon', `0a1b:${'A'.repeat(43)}`],
    ['a line end', `${VALID}\n`],
    ['something before', `\n${VALID}`],
    ['a name of Object', '__proto__'],
  ])('is not recognised with %s', (_what, text) => {
    expect(isSessionId(VALID)).toBe(true)
    expect(isSessionId(text)).toBe(false)
  })

  test('is kept as its SHA-256', () => {
    expect(hashSessionId(VALID)).toBe(createHash('sha256').update(VALID).digest('base64url'))
  })
})
