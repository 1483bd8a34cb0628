import { createHash } from 'node:crypto'
import { answerHeaders } from '@session-vs-jwt/http-contract'
import { describe, expect, test, vi } from 'vitest'
import {
  hashSessionId,
  isSessionId,
  newSessionId,
  systemRandomBytes,
} from '../src/session/session-id.js'
import { isTag, keysWithTag, redisKeys, tagOfUser } from '../src/stores/redis/keys.js'

describe('a session id', () => {
  test('is 256 bits of the random source, all of them (OWASP Session Management)', () => {
    const bytes = Buffer.from(Array.from({ length: 32 }, (_, i) => 0xff - i))
    const random = vi.fn(() => bytes)
    const id = newSessionId(random)
    expect(random.mock.calls).toStrictEqual([[32]])
    expect(Buffer.from(id, 'base64url').equals(bytes)).toBe(true)
  })

  test('is another one each time, in the form that is recognised', () => {
    const ids = Array.from({ length: 1_000 }, () => newSessionId(systemRandomBytes))
    expect(new Set(ids).size).toBe(1_000)
    for (const id of ids) expect(isSessionId(id)).toBe(true)
  })

  test('can stand in a cookie as it is (RFC 6265, section 4.1.1)', () => {
    expect(newSessionId(systemRandomBytes)).toMatch(/^[\w-]{43}$/)
  })

  const VALID = 'A'.repeat(43)
  test.each([
    ['nothing', ''],
    ['42 characters', VALID.slice(0, -1)],
    ['44 characters', `${VALID}A`],
    ['padding', `${VALID}=`],
    ['base64 in place of base64url', '+'.repeat(43)],
    ['a brace, which names a hash slot', `{${'A'.repeat(42)}`],
    ['a colon', `0a1b:${'A'.repeat(38)}`],
    ['a dot', `0a1b.${'A'.repeat(38)}`],
    ['a line end', `${VALID}\n`],
    ['a line end in front', `\n${VALID}`],
    ['a name of Object', '__proto__'],
  ])('is not recognised with %s', (_what, text) => {
    expect(isSessionId(VALID)).toBe(true)
    expect(isSessionId(text)).toBe(false)
  })

  test('is stored as its SHA-256', () => {
    expect(hashSessionId(VALID)).toBe(createHash('sha256').update(VALID).digest('base64url'))
  })
})

test('the example in the OpenAPI document has the form of a session id', () => {
  const [, id] = /^sid=([^;]*)/.exec(String(answerHeaders.newCookie.example)) ?? []
  expect(isSessionId(id ?? '')).toBe(true)
})

describe('the keys of a user in Redis', () => {
  const USER = '0190f7d5-6c1e-7b6a-8f3d-1c2b3a4d5e6f'
  const HASH = hashSessionId('id')

  test('need no hash tag on a single server', () => {
    const keys = keysWithTag('')
    expect(keys.session('id')).toBe(`session:${HASH}`)
    expect(keys.replaced('id')).toBe(`replaced-session:${HASH}`)
    const { index, member } = redisKeys({ isCluster: false }, USER)
    expect([index, member(HASH)]).toStrictEqual([`sessions-of:${USER}`, `session:${HASH}`])
  })

  test('share one hash tag in a cluster, so that one script reaches them all', () => {
    const tag = tagOfUser(USER)
    expect(isTag(tag)).toBe(true)
    for (const text of ['', '{abcd}', '{abcd}: ', '{abcdef}:', 'session'])
      expect(isTag(text)).toBe(false)
    const { index, member } = redisKeys({ isCluster: true }, USER)
    const { session, replaced } = keysWithTag(tag)
    expect(member(HASH)).toBe(session('id'))
    const tags = [index, session('id'), replaced('id')].map((key) => /\{.*\}:/.exec(key)?.[0])
    expect(tags).toStrictEqual([tag, tag, tag])
  })

  test('spread users over a cluster', () => {
    const tags = Array.from({ length: 50 }, (_, i) => tagOfUser(`user ${i}`))
    expect(new Set(tags).size).toBeGreaterThan(40)
  })
})
