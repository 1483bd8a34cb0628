import { LRUCache } from 'lru-cache'
import type { JwtContext, TokenDeps } from '../ports.js'
import { checkExpiry, checkIssuedAt, inSeconds, type TokenClaims } from './claims.js'

/** At most so many tokens are remembered: about 10 MB. The least recently used one is forgotten first. */
const REMEMBERED = 10_000

export type VerifyToken = (ctx: JwtContext, token: string) => TokenClaims

/**
 * Calls `verify` once for each token and from then on only compares its times with the clock. That is safe
 * because nothing else can change: a token's text decides its claims, and a server's keys stay the same
 * while it runs. Revocation is checked elsewhere, on every request. A refused token isn't remembered, so
 * nobody fills the memory without valid tokens.
 */
export function rememberVerified(
  verify: VerifyToken,
  { config, clock }: Pick<TokenDeps, 'config' | 'clock'>,
  max: number = REMEMBERED,
): VerifyToken {
  const verified = new LRUCache<string, TokenClaims>({ max })
  return (ctx, token) => {
    const known = verified.get(token)
    if (!known) {
      const claims = verify(ctx, token)
      verified.set(token, claims)
      return claims
    }
    const now = inSeconds(clock().getTime())
    checkExpiry(known, now, config.clockTolerance)
    checkIssuedAt(known, now, config.clockTolerance)
    return known
  }
}
