import { describe, expect, test } from 'vitest'
import type { SigningKey } from '../src/key-ring.js'
import {
  NOW,
  SECONDS,
  at,
  CLAIMS,
  PAYLOAD,
  oct,
  ring,
  RINGS,
  ALGORITHMS,
  signer,
  access,
  hmac,
  HEADER,
  forged,
  codeOf,
  REFUSED,
} from './token-fixtures.js'

describe.each(ALGORITHMS)('a token signed with %s', (algorithm) => {
  const tokens = signer(RINGS[algorithm])
  const token = tokens.sign(CLAIMS)

  test('gives back its claims', () => {
    expect(tokens.verify(token, NOW)).toStrictEqual(PAYLOAD)
  })

  test('has a header with algorithm, type and key, and nothing else (RFC 7515, section 4)', () => {
    const head: unknown = JSON.parse(
      Buffer.from(String(token.split('.')[0]), 'base64url').toString(),
    )
    const { kid } = RINGS[algorithm].current
    expect(head).toStrictEqual({ alg: algorithm, typ: 'JWT', kid })
  })

  test('is refused with any character altered, left out or doubled', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (let i = 0; i < token.length; i += 1) {
      const other = alphabet[(alphabet.indexOf(String(token[i])) + 1) % 64]
      for (const put of [other, '', `${token[i]}${token[i]}`]) {
        expect(codeOf(`${token.slice(0, i)}${put}${token.slice(i + 1)}`, tokens)).toBe(REFUSED)
      }
    }
  })

  test('is refused without its signature, and with that of another token', () => {
    const [head, body] = token.split('.')
    const other = tokens.sign({ ...CLAIMS, sub: CLAIMS.jti }).split('.')
    expect(codeOf(`${head}.${body}.`, tokens)).toBe(REFUSED)
    expect(codeOf(`${head}.${body}`, tokens)).toBe(REFUSED)
    expect(codeOf(`${head}.${body}.${other[2]}`, tokens)).toBe(REFUSED)
    expect(codeOf(`${head}.${other[1]}.${token.split('.')[2]}`, tokens)).toBe(REFUSED)
  })

  test('is refused by a server with other keys', () => {
    const others = ALGORITHMS.filter((it) => it !== algorithm)
    const codes = others.map((it) => codeOf(token, signer(RINGS[it])))
    expect(codes).toStrictEqual([REFUSED, REFUSED])
  })
})

describe('the lifetime', () => {
  const { exp } = PAYLOAD
  const token = access.sign(CLAIMS)

  test('ends at exp, not a second later (RFC 7519, section 4.1.4)', () => {
    expect(access.verify(token, at(exp - 1)).exp).toBe(exp)
    expect(access.verify(token, new Date(exp * 1000 - 1)).exp).toBe(exp)
    expect(codeOf(token, access, at(exp))).toBe('expired_credential')
    expect(codeOf(token, access, at(exp + 86_400))).toBe('expired_credential')
  })

  test('begins at iat, not a second earlier', () => {
    expect(access.verify(token, at(SECONDS)).iat).toBe(SECONDS)
    expect(codeOf(token, access, at(SECONDS - 1))).toBe(REFUSED)
  })

  test('is read on the clock that is given, not on that of the process', () => {
    const old = access.sign({ ...CLAIMS, iat: 1_000, exp: 2_000 })
    expect(access.verify(old, at(1_500)).exp).toBe(2_000)
    const far = access.sign({ ...CLAIMS, iat: 9_000_000_000, exp: 9_000_000_100 })
    expect(access.verify(far, at(9_000_000_000)).iat).toBe(9_000_000_000)
  })

  test.each([
    { exp: 8_640_000_000_001 },
    { exp: Number.MAX_SAFE_INTEGER },
    { iat: Number.MIN_SAFE_INTEGER },
    { iat: -1 },
  ])('is within what a date can hold: %o is refused', (times) => {
    expect(codeOf(access.sign({ ...CLAIMS, ...times }))).toBe(REFUSED)
  })

  test('is longer by the tolerance at both ends', () => {
    const tolerant = signer(RINGS.HS256, { clockTolerance: 5 })
    expect(tolerant.verify(token, at(exp + 4)).exp).toBe(exp)
    expect(codeOf(token, tolerant, at(exp + 5))).toBe('expired_credential')
    expect(tolerant.verify(token, at(SECONDS - 5)).iat).toBe(SECONDS)
    expect(codeOf(token, tolerant, at(SECONDS - 6))).toBe(REFUSED)
  })

  test('is not told to whoever has no valid token: a wrong signature comes first', () => {
    expect(codeOf(`${token.slice(0, -4)}AAAA`, access, at(exp + 1))).toBe(REFUSED)
  })
})

describe('the type', () => {
  const refresh = signer(RINGS.HS256, { type: 'refresh' })

  test('keeps access and refresh tokens apart, even with one key for both', () => {
    expect(refresh.verify(refresh.sign(CLAIMS), NOW).type).toBe('refresh')
    expect(codeOf(refresh.sign(CLAIMS))).toBe(REFUSED)
    expect(codeOf(access.sign(CLAIMS), refresh)).toBe(REFUSED)
  })
})

describe('a rotation of keys', () => {
  const before = ring(oct('h1', 1))
  const after = ring(oct('h2', 2), oct('h1', 1))

  test('signs with the new key and still verifies what the old one signed', () => {
    const old = signer(before).sign(CLAIMS)
    const rotated = signer(after)
    expect(rotated.verify(old, NOW).sub).toBe(CLAIMS.sub)
    const fresh = rotated.sign(CLAIMS)
    expect(rotated.verify(fresh, NOW).sub).toBe(CLAIMS.sub)
    expect(codeOf(fresh, signer(before))).toBe(REFUSED)
    expect(codeOf(old, signer(ring(oct('h2', 2))))).toBe(REFUSED)
  })

  test('is by kid: a key does not verify what names another one', () => {
    const first = after.byKid.get('h1') as SigningKey
    expect(
      codeOf(forged({ ...HEADER, kid: 'h2' }, PAYLOAD, hmac(256, first.signWith)), signer(after)),
    ).toBe(REFUSED)
  })
})
