import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parseKeyRing, publicJwks } from '../src/key-ring.js'

const privateJwk = {
  rsa: (modulusLength: number) =>
    generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ format: 'jwk' }),
  ec: (namedCurve: string) =>
    generateKeyPairSync('ec', { namedCurve }).privateKey.export({ format: 'jwk' }),
}
const RSA = privateJwk.rsa(2048)
const EC = privateJwk.ec('P-256')
const oct = (bytes: number, kid = 'h1') => ({
  kty: 'oct',
  alg: 'HS256',
  kid,
  k: randomBytes(bytes).toString('base64url'),
})
const parse = (...keys: unknown[]) => parseKeyRing(JSON.stringify({ keys }))

/** Members of a JWK that are secret (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1). */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

function messageOf(...keys: Record<string, unknown>[]): string {
  try {
    parse(...keys)
  } catch (error) {
    const { message, stack, cause } = error as Error
    for (const key of keys) {
      for (const name of [...SECRET_MEMBERS, 'n', 'x']) {
        const value = key[name]
        if (typeof value !== 'string' || value === '') continue
        expect(`${message} ${stack} ${String(cause)}`).not.toContain(value)
      }
    }
    return message
  }
  throw new Error('was accepted')
}

describe('a key ring', () => {
  test('signs with its first key and verifies with all of them', () => {
    const ring = parse(oct(32, 'new'), { ...RSA, alg: 'RS256', kid: 'old' })
    expect(ring.current).toMatchObject({ kid: 'new', algorithm: 'HS256' })
    expect([...ring.byKid.keys()]).toStrictEqual(['new', 'old'])
    expect(ring.byKid.get('old')).toMatchObject({ kid: 'old', algorithm: 'RS256' })
    expect(ring.byKid.get('new')).toBe(ring.current)
  })

  test('verifies with the public half, which cannot sign', () => {
    const ring = parse({ ...RSA, alg: 'RS256', kid: 'r' }, { ...EC, alg: 'ES256', kid: 'e' })
    for (const key of ring.byKid.values()) {
      expect(key.signWith.type).toBe('private')
      expect(key.verifyWith.type).toBe('public')
    }
  })

  test.each([
    ['no JSON', 'canary'],
    ['nothing', ''],
    ['null', 'null'],
    ['a key in place of a set', JSON.stringify(oct(32))],
    ['a list', JSON.stringify([oct(32)])],
    ['no keys', '{"keys":[]}'],
    ['no kid', JSON.stringify({ keys: [{ ...oct(32), kid: undefined }] })],
    ['an empty kid', JSON.stringify({ keys: [oct(32, '')] })],
    ['no alg (RFC 8725, section 3.1)', JSON.stringify({ keys: [{ ...oct(32), alg: undefined }] })],
    ['alg none', JSON.stringify({ keys: [{ ...oct(32), alg: 'none' }] })],
    ['an algorithm that we do not have', JSON.stringify({ keys: [{ ...oct(64), alg: 'HS512' }] })],
  ])('is not made of %s', (_what, json) => {
    expect(() => parseKeyRing(json)).toThrow(
      /^is not a JSON Web Key Set whose keys have "kid" and "alg"$/,
    )
  })

  test('does not have a kid twice', () => {
    expect(messageOf(oct(32), oct(32))).toBe('has the same "kid" twice')
  })

  test('has no secret under 32 bytes (RFC 7518, section 3.2), and says which', () => {
    expect(messageOf(oct(32, 'fine'), oct(31, 'short'))).toBe(
      'has a secret under 32 bytes: "short"',
    )
    expect(messageOf({ ...oct(32), k: undefined })).toContain('"h1"')
    expect(messageOf({ ...oct(32), k: '' })).toContain('"h1"')
    expect(parse(oct(32)).current.algorithm).toBe('HS256')
  })

  test('has no RSA key under 2048 bits (RFC 7518, section 3.3), and says which', () => {
    const message = messageOf({ ...privateJwk.rsa(1024), alg: 'RS256', kid: 'weak' })
    expect(message).toContain('does not fit RS256: "weak"')
    expect(parse({ ...RSA, alg: 'RS256', kid: 'r' }).current.algorithm).toBe('RS256')
  })

  test.each([
    ['another curve', 'ES256', privateJwk.ec('P-384')],
    ['an elliptic curve for RS256', 'RS256', EC],
    ['RSA for ES256', 'ES256', RSA],
    [
      'Ed25519 for ES256',
      'ES256',
      generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
    ],
  ])('has no key of %s', (_what, alg, key) => {
    expect(messageOf({ ...key, alg, kid: 'other' })).toContain(`does not fit ${alg}: "other"`)
  })

  test.each([
    ['RS256', RSA],
    ['ES256', EC],
  ])('has no public key in place of a private one: %s', (alg, key) => {
    const publicHalf = createPublicKey({ key, format: 'jwk' }).export({ format: 'jwk' })
    expect(messageOf({ ...publicHalf, alg, kid: 'pub' })).toBe('has no private key in "pub"')
  })

  test('has no key of another kind than its algorithm, and does not show it', () => {
    expect(messageOf({ kty: 'oct', k: EC.d, alg: 'RS256', kid: 'mixed' })).toContain('"mixed"')
    expect(messageOf({ ...EC, d: undefined, alg: 'HS256', kid: 'mixed' })).toContain('"mixed"')
  })
})

describe('the public key set (RFC 7517)', () => {
  test('has the public members of each asymmetric key, and no other', () => {
    const ring = parse(
      { ...RSA, alg: 'RS256', kid: 'r' },
      { ...EC, alg: 'ES256', kid: 'e', extra: 'canary' },
      oct(32),
    )
    expect(publicJwks(ring)).toStrictEqual({
      keys: [
        { kty: 'RSA', n: RSA.n, e: RSA.e, kid: 'r', alg: 'RS256', use: 'sig' },
        { kty: 'EC', crv: 'P-256', x: EC.x, y: EC.y, kid: 'e', alg: 'ES256', use: 'sig' },
      ],
    })
    for (const key of publicJwks(ring).keys) {
      for (const name of SECRET_MEMBERS) expect(key).not.toHaveProperty(name)
    }
  })

  test('is empty where every key is a shared secret', () => {
    expect(publicJwks(parse(oct(32)))).toStrictEqual({ keys: [] })
  })
})

const pair = (type: 'ec' | 'rsa') =>
  (type === 'ec'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 })
  ).privateKey.export({ format: 'jwk' })
const ring = (key: object) => () => parseKeyRing(JSON.stringify({ keys: [key] }))

test.each([
  ['EC, d of another key', { ...pair('ec'), d: pair('ec').d, alg: 'ES256', kid: 'broken' }],
  ['EC, d of 9 bytes', { ...pair('ec'), d: 'canary-canary', alg: 'ES256', kid: 'broken' }],
  ['RSA, n of another key', { ...pair('rsa'), n: pair('rsa').n, alg: 'RS256', kid: 'broken' }],
])('a private key that does not fit its public half is refused: %s', (_what, key) => {
  expect(ring(key)).toThrow(/"broken"/)
})
