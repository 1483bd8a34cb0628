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

/** Branches that can be live at once under `separate-branch`. Every rotation reads all of them. */
export const MAX_LIVE_TOKENS = 10

/** By so much, in milliseconds, the clocks of two servers may differ, or one clock between two requests at once. */
export const CLOCK_MARGIN_MS = 60_000

/** What a family holds when somebody presents one of its tokens. */
export interface FamilyRecord {
  /** Undefined for a token that the store has forgotten, because its grace period is over. */
  readonly token: TokenRecord | undefined
  /** Whether the family has, or had within a grace period, the token that the caller offers as the next one. */
  readonly hasNext: boolean
  readonly liveTokens: number
}

/**
 * The one rule of rotation. The stores in Lua and SQL follow it, given `withinGrace[policy]`.
 *
 * It refuses where the policy would give a token that it shouldn't: well beyond a grace period that starts now, which happens
 * after the clock was set back; a successor that nobody ever got, because another
 * policy exchanged the token; and one branch too many.
 *
 * @param times milliseconds since 1970: the present moment, and when a grace period that starts now would end
 */
export function decide(
  policy: SpentTokenPolicy,
  { token, hasNext, liveTokens }: FamilyRecord,
  { now, graceUntil }: { readonly now: number; readonly graceUntil: number },
): Decision {
  if (token === 'live') return 'rotate'
  const decision = withinGrace[policy]
  if (!token || token.graceUntil <= now || decision === 'end') return 'end'
  const isTooLong = token.graceUntil > graceUntil + CLOCK_MARGIN_MS
  const isUnknown = decision === 'repeat' && !hasNext
  const isTooMany = decision === 'rotate' && liveTokens >= MAX_LIVE_TOKENS
  return isTooLong || isUnknown || isTooMany ? 'refuse' : decision
}
