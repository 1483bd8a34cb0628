import { describeSecretCall, RequestTrace, traceCalls } from '@session-vs-jwt/http-kit'
import { describe, expect, test, vi } from 'vitest'
import type { TokenSigner } from '../src/token.js'
import { rememberVerified } from '../src/verified-tokens.js'
import { access, at, CLAIMS, codeOf, NOW, PAYLOAD, REFUSED, SECONDS } from './token-fixtures.js'

const SETTINGS = { clockTolerance: 0 }

/** Tells which tokens were checked as a whole. */
function watched(max?: number): TokenSigner & { readonly checked: string[] } {
  const checked: string[] = []
  const verify = vi.fn((token: string, now: Date) => {
    checked.push(token)
    return access.verify(token, now)
  })
  const tokens = { sign: (claims: typeof CLAIMS) => access.sign(claims), verify }
  return { ...rememberVerified(() => tokens, SETTINGS, max)(undefined), checked }
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
  const traced = traceCalls('sign', access, ['sign', 'verify'], describeSecretCall)
  const tokens = rememberVerified(traced, SETTINGS)
  const token = access.sign(CLAIMS)
  const [first, second, late] = [new RequestTrace(), new RequestTrace(), new RequestTrace()]
  for (const trace of [first, second]) tokens(trace).verify(token, NOW)
  expect(codeOf(token, tokens(late), at(CLAIMS.exp))).toBe('expired_credential')
  expect([first, second, late].map(({ calls }) => calls.length)).toStrictEqual([1, 0, 0])
  expect(second.serverTiming()).toContain('sign;desc="0";dur=0.000')
})
