import type { JwtContext, TokenDeps } from '../ports.js'
import type { TokenClaims } from './claims.js'
import { hashOf, presented, refuseUnlessExchanged } from './presented-token.js'
import { successorOf } from './successor.js'
import { keyFor } from './verify.js'

/** The refresh token that takes the place of a spent one; times in milliseconds since 1970. */
export interface NextToken {
  readonly jti: string
  readonly issuedAt: number
  readonly liveUntil: number
}

/**
 * Spends a refresh token: it works once, wherever it is sent (RFC 9700, section 4.14.2). The next token never outlives
 * its family. A strategy without families can't spend anything: both tokens work.
 *
 * @param token as it was sent
 * @param claims what was verified in it
 * @throws {Problem} `invalid_credential`, `reused_credential`, `replaced_credential`
 */
export async function spend(
  ctx: JwtContext,
  token: string,
  claims: TokenClaims,
  { config, clock, newId }: TokenDeps,
): Promise<NextToken> {
  const { families } = ctx.ports
  const now = clock().getTime()
  const [lifeMs, graceMs] = [config.refreshSeconds * 1000, config.graceSeconds * 1000]
  if (!families) return { jti: newId(), issuedAt: now, liveUntil: now + lifeMs }
  const isDerived = config.refreshPolicy === 'same-successor'
  const jti = isDerived ? successorOf(claims.jti, keyFor(token, config.refreshKeys)) : newId()
  const times = { graceUntil: now + graceMs, liveUntil: now + lifeMs }
  const result = await families.rotate(presented(claims), { newTokenHash: hashOf(jti), ...times })
  refuseUnlessExchanged(result)
  // A repeated token has the `jti`, `iat` and `exp` that it had the first time. If the grace period was longer then,
  // the difference would put `iat` into the future, where no server accepts it.
  const issuedAt = result.outcome === 'repeat' ? Math.min(result.graceUntil - graceMs, now) : now
  return { jti, issuedAt, liveUntil: Math.min(issuedAt + lifeMs, result.absoluteUntil) }
}
