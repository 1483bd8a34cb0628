/** What the store remembers of a refresh token: it is live, or it was spent and its grace period ends then. */
export type TokenRecord = 'live' | { readonly graceUntil: number }

/**
 * What happens to a refresh token that somebody presents.
 *
 * - `rotate`: the token is exchanged for a new one.
 * - `repeat`: the client gets the token once more that this one was exchanged for.
 * - `refuse`: 401, and the family lives on.
 * - `end`: 401, and the family ends.
 */
export type Decision = 'rotate' | 'repeat' | 'refuse' | 'end'

/**
 * Each policy, and what it decides about a spent token within its grace period. Under `strict`, a replay
 * always ends the family, as RFC 9700, section 4.14.2, recommends. The others forgive two tabs that race, or a
 * client that lost a response, and a thief profits from that for as long.
 */
export const withinGrace: Readonly<Record<SpentTokenPolicy, Decision>> = {
  strict: 'end',
  'refuse-quietly': 'refuse',
  'same-successor': 'repeat',
  'separate-branch': 'rotate',
}

export type SpentTokenPolicy = 'strict' | 'refuse-quietly' | 'same-successor' | 'separate-branch'

/**
 * The one rule of rotation. The stores in Lua and SQL follow it, given `withinGrace[policy]`.
 *
 * @param record undefined for a token of the family that the store has forgotten: its grace period is over
 * @param now milliseconds since 1970
 */
export function decide(
  policy: SpentTokenPolicy,
  record: TokenRecord | undefined,
  now: number,
): Decision {
  if (record === 'live') return 'rotate'
  return record && record.graceUntil > now ? withinGrace[policy] : 'end'
}
