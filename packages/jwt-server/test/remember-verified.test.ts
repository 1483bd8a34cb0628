import type { Clock } from '@session-vs-jwt/http-edge'
import { describeSecretCall, RequestTrace, traceCalls } from '@session-vs-jwt/request-trace'
import jwt from 'jsonwebtoken'
import { describe, expect, test } from 'vitest'
import type { JwtConfig } from '../src/config.js'
import type { JwtContext } from '../src/ports.js'
import { rememberVerified } from '../src/tokens/remember-verified.js'
import { verify } from '../src/tokens/verify.js'
import {
  access,
  at,
  CLAIMS,
  codeOf,
  NOW,
  PAYLOAD,
  REFUSED,
  RINGS,
  SECONDS,
  type Tokens,
} from './token-fixtures.js'

const config = { clockTolerance: 0 } as JwtConfig
const CONTEXT = {} as JwtContext

/** Tells which tokens were verified as a whole. */
function watched(max?: number): Pick<Tokens, 'verify'> & { readonly checked: string[] } {
  const checked: string[] = []
  let now = NOW
  const clock: Clock = () => now
  const verifyToken = (_ctx: JwtContext, token: string) => {
    checked.push(token)
    return access.verify(token, now)
  }
  const remembering = rememberVerified(verifyToken, { config, clock }, max)
  return {
    checked,
    verify: (token, moment) => {
      now = moment
      return remembering(CONTEXT, token)
    },
  }
}

const tokenOf = (jti: string): string => access.sign({ ...CLAIMS, jti })
const JTIS = [1, 2, 3].map((it) => CLAIMS.jti.slice(0, -1) + it)

describe('a token that was found good', () => {
  test('is checked as a whole once, and gives back the same claims', () => {
    const tokens = watched()
    const token = access.sign(CLAIMS)
    expect(tokens.verify(token, NOW)).toStrictEqual(PAYLOAD)
    expect(tokens.verify(token, NOW)).toStrictEqual(PAYLOAD)
    expect(tokens.checked).toStrictEqual([token])
  })

  test('ends at exp all the same, not a second later (RFC 7519, section 4.1.4)', () => {
    const tokens = watched()
    const token = access.sign(CLAIMS)
    tokens.verify(token, NOW)
    expect(tokens.verify(token, at(CLAIMS.exp - 1)).exp).toBe(CLAIMS.exp)
    expect(codeOf(token, tokens, at(CLAIMS.exp))).toBe('expired_credential')
    expect(codeOf(token, tokens, at(CLAIMS.exp + 86_400))).toBe('expired_credential')
  })

  test('was issued in the future where the clock has gone back', () => {
    const tokens = watched()
    const token = access.sign(CLAIMS)
    tokens.verify(token, NOW)
    expect(codeOf(token, tokens, at(SECONDS - 1))).toBe(REFUSED)
    expect(tokens.verify(token, NOW)).toStrictEqual(PAYLOAD)
  })

  test('says nothing for one that differs in a character', () => {
    const tokens = watched()
    const token = access.sign(CLAIMS)
    tokens.verify(token, NOW)
    const altered = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A')
    expect(codeOf(altered, tokens)).toBe(REFUSED)
    expect(codeOf(token.toUpperCase(), tokens)).toBe(REFUSED)
    expect(codeOf(`${token} `, tokens)).toBe(REFUSED)
  })

  test('is forgotten when so many others came after it', () => {
    const tokens = watched(2)
    const [first = '', second = '', third = ''] = JTIS.map(tokenOf)
    for (const token of [first, second, first, third]) tokens.verify(token, NOW)
    expect(tokens.checked).toStrictEqual([first, second, third])
    tokens.verify(first, NOW)
    expect(tokens.checked).toHaveLength(3)
    tokens.verify(second, NOW)
    expect(tokens.checked.at(-1)).toBe(second)
  })
})

test('a token that was refused is checked again, and takes the place of none', () => {
  const tokens = watched(1)
  const good = access.sign(CLAIMS)
  tokens.verify(good, NOW)
  for (const bad of ['x', `${good}x`, `${good}x`]) expect(codeOf(bad, tokens)).toBe(REFUSED)
  tokens.verify(good, NOW)
  expect(tokens.checked).toStrictEqual([good, 'x', `${good}x`, `${good}x`])
})

test('the trace of a request shows a verification only if there was one', () => {
  const settings = { issuer: PAYLOAD.iss, audience: PAYLOAD.aud, accessKeys: RINGS.HS256 }
  let now = NOW
  const deps = { config: { ...config, ...settings } as JwtConfig, clock: () => now }
  const remembering = rememberVerified((ctx, token) => verify(ctx, token, 'access', deps), deps)
  const traced = traceCalls('sign', jwt, ['sign', 'verify'], describeSecretCall)
  const token = access.sign(CLAIMS)
  const [first, second, late] = [new RequestTrace(), new RequestTrace(), new RequestTrace()]
  const verifyFor = (trace: RequestTrace) =>
    remembering({ ports: { jwt: traced(trace) } } as unknown as JwtContext, token)
  for (const trace of [first, second]) expect(verifyFor(trace)).toStrictEqual(PAYLOAD)
  now = at(CLAIMS.exp)
  expect(() => verifyFor(late)).toThrow(expect.objectContaining({ code: 'expired_credential' }))
  expect([first, second, late].map(({ calls }) => calls.length)).toStrictEqual([1, 0, 0])
  expect(second.serverTiming()).toContain('sign;desc="0";dur=0.000')
})
