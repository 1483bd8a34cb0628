import { describe, expect, test } from 'vitest'
import { decide } from '../src/stores/spent-token-policy.js'

const NOW = 1_000

describe.each([
  ['strict', 'end'],
  ['refuse-quietly', 'refuse'],
  ['same-successor', 'repeat'],
  ['separate-branch', 'rotate'],
] as const)('the policy %s', (policy, inGrace) => {
  test.each([
    ['a live token', 'live', 'rotate'],
    ['a spent token, within its grace period', { graceUntil: NOW + 1 }, inGrace],
    ['a spent token, when its grace period ends', { graceUntil: NOW }, 'end'],
    ['a token that the store has forgotten', undefined, 'end'],
  ] as const)('%s', (_what, record, decision) => {
    expect(decide(policy, record, NOW)).toBe(decision)
  })
})
