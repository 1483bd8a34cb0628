import { describe, expect, test } from 'vitest'
import {
  CLOCK_MARGIN_MS,
  decide,
  MAX_LIVE_TOKENS,
  type TokenRecord,
} from '../src/stores/spent-token-policy.js'

const NOW = 1_000
const TIMES = { now: NOW, graceUntil: NOW + 100 }
const holding = (token: TokenRecord | undefined, hasNext = true, liveTokens = 1) => ({
  token,
  hasNext,
  liveTokens,
})
const spent = { graceUntil: NOW + 1 }

describe.each([
  ['strict', 'end'],
  ['refuse-quietly', 'refuse'],
  ['same-successor', 'repeat'],
  ['separate-branch', 'rotate'],
] as const)('the policy %s', (policy, inGrace) => {
  test.each([
    ['a live token', 'live', 'rotate'],
    ['a spent token, within its grace period', spent, inGrace],
    ['a spent token, when its grace period ends', { graceUntil: NOW }, 'end'],
    ['a token that the store has forgotten', undefined, 'end'],
  ] as const)('%s', (_what, record, decision) => {
    expect(decide(policy, holding(record), TIMES)).toBe(decision)
  })

  test('gives no token well beyond a grace period that starts now', () => {
    const limit = TIMES.graceUntil + CLOCK_MARGIN_MS
    expect(decide(policy, holding({ graceUntil: limit }), TIMES)).toBe(inGrace)
    const later = holding({ graceUntil: limit + 1 })
    expect(decide(policy, later, TIMES)).toBe(policy === 'strict' ? 'end' : 'refuse')
  })
})

test('a successor that nobody ever got is not repeated', () => {
  expect(decide('same-successor', holding(spent, false), TIMES)).toBe('refuse')
})

test('a family has a limited number of branches', () => {
  const branches = (live: number) => decide('separate-branch', holding(spent, false, live), TIMES)
  expect(branches(MAX_LIVE_TOKENS - 1)).toBe('rotate')
  expect(branches(MAX_LIVE_TOKENS)).toBe('refuse')
})
