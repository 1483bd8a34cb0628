import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { Problem } from '@session-vs-jwt/http-contract'
import { expect } from 'vitest'
import jwt from 'jsonwebtoken'
import type { JwtConfig } from '../src/config.js'
import { type KeyRing, parseKeyRing } from '../src/key-ring.js'
import type { TokenClaims, TokenType } from '../src/tokens/claims.js'
import { sign as signToken } from '../src/tokens/sign.js'
import { verify } from '../src/tokens/verify.js'

export const NOW = new Date('2026-01-02T03:04:05.678Z')
export const SECONDS = Math.floor(NOW.getTime() / 1000)
export const at = (seconds: number): Date => new Date(seconds * 1000)

export const CLAIMS: Omit<TokenClaims, 'type' | 'iss' | 'aud'> = {
  sub: '0190f7d5-6c1e-7b6a-8f3d-1c2b3a4d5e6f',
  email: 'alice@example.org',
  iat: SECONDS,
  exp: SECONDS + 300,
  jti: '0190f7d5-6c1e-7b6a-8f3d-000000000001',
  sid: '0190f7d5-6c1e-7b6a-8f3d-000000000002',
}
export const PAYLOAD = { ...CLAIMS, type: 'access', iss: 'the issuer', aud: 'the audience' }

export const oct = (kid: string, byte: number) => ({
  kty: 'oct',
  alg: 'HS256',
  kid,
  k: Buffer.alloc(32, byte).toString('base64url'),
})
export const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
export const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
export const asymmetric = (kid: string, alg: string, key: KeyObject) => ({
  ...key.export({ format: 'jwk' }),
  kid,
  alg,
})
export const ring = (...keys: object[]): KeyRing => parseKeyRing(JSON.stringify({ keys }))

export const RINGS = {
  HS256: ring(oct('h1', 1)),
  RS256: ring(asymmetric('r1', 'RS256', rsa)),
  ES256: ring(asymmetric('e1', 'ES256', ec)),
}
export const ALGORITHMS = Object.keys(RINGS) as (keyof typeof RINGS)[]

export interface Tokens {
  sign(claims: typeof CLAIMS): string
  verify(token: string, now: Date): TokenClaims
}

/** What signs and verifies tokens of one type, with one ring for all types. */
export function signer(
  keys: KeyRing,
  { type = 'access', clockTolerance = 0 }: { type?: TokenType; clockTolerance?: number } = {},
): Tokens {
  const settings = { issuer: PAYLOAD.iss, audience: PAYLOAD.aud, clockTolerance }
  const config = { ...settings, accessKeys: keys, refreshKeys: keys } as JwtConfig
  const ctx = { ports: { jwt } }
  return {
    sign: (claims) => signToken(ctx, { ...claims, type }, config),
    verify: (token, now) => verify(ctx, token, type, { config, clock: () => now }),
  }
}
export const access: Tokens = signer(RINGS.HS256)

export const base64url = (text: string | Uint8Array): string =>
  Buffer.from(text).toString('base64url')
export const hmac = (bits: 256 | 384 | 512, key: KeyObject | string | Buffer) => (input: string) =>
  createHmac(`sha${bits}`, key).update(input).digest('base64url')
export const HS = RINGS.HS256.current
export const hs256 = hmac(256, HS.signWith)

/** A token whose header and payload are these texts, with the signature that `sign` makes. */
export function written(head: string, payload: string, sign = hs256): string {
  const input = `${base64url(head)}.${base64url(payload)}`
  return `${input}.${sign(input)}`
}
export const HEADER = { alg: 'HS256', typ: 'JWT', kid: 'h1' }
export const forged = (head: object, payload: unknown = PAYLOAD, sign = hs256): string =>
  written(JSON.stringify(head), JSON.stringify(payload), sign)

function problemOf(token: string, verifier: Pick<Tokens, 'verify'> = access, now = NOW): Problem {
  try {
    verifier.verify(token, now)
  } catch (error) {
    expect(error).toBeInstanceOf(Problem)
    const problem = error as Problem
    expect(problem.status).toBe(401)
    const challenge = String(problem.headers['WWW-Authenticate'])
    expect(challenge).toMatch(
      /^Bearer realm="jwt-server", error="invalid_token", error_description="[^"\\]+"$/,
    )
    if (token.length > 3) {
      expect(JSON.stringify([problem, problem.headers, problem.message])).not.toContain(token)
    }
    return problem
  }
  throw new Error('was accepted')
}
export const codeOf = (
  token: string,
  verifier: Pick<Tokens, 'verify'> = access,
  now = NOW,
): string => problemOf(token, verifier, now).code
export const REFUSED = 'invalid_credential'

/** The settings that a server needs to issue, verify and spend tokens. */
export const SERVER_CONFIG = {
  revocation: 'none',
  refreshPolicy: 'strict',
  graceSeconds: 0,
  accessKeys: RINGS.HS256,
  refreshKeys: RINGS.HS256,
  issuer: 'i',
  audience: 'a',
  accessSeconds: 300,
  refreshSeconds: 3_600,
  familySeconds: 28_800,
  clockTolerance: 0,
} as JwtConfig
