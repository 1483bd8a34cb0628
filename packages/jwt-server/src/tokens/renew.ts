import type { JwtContext, TokenDeps } from '../ports.js'
import { inSeconds } from './claims.js'
import { withGeneration } from './generation.js'
import { signAccessToken, signRefreshToken } from './sign.js'
import { spend } from './spend.js'
import { verify } from './verify.js'

/** A strategy without families returns no refresh token: the one that was sent still works. */
export interface RenewedTokens {
  readonly accessToken: string
  readonly refreshToken?: string
}

/**
 * A new access token for a refresh token (RFC 6749, section 6), and a new refresh token for the old one, which is spent
 * by that (RFC 9700, section 4.14.2).
 *
 * @throws {Problem} `invalid_credential`, `expired_credential`, `reused_credential`, `replaced_credential`
 */
export async function renew(
  ctx: JwtContext,
  token: string,
  deps: TokenDeps,
): Promise<RenewedTokens> {
  const old = verify(ctx, token, 'refresh', deps)
  const now = deps.clock().getTime()
  if (!ctx.ports.families) {
    return { accessToken: signAccessToken(ctx, old, now, old.exp, deps) }
  }
  const owner = await withGeneration(ctx, old, deps)
  const { jti, issuedAt, liveUntil } = await spend(ctx, token, old, deps)
  return {
    accessToken: signAccessToken(ctx, owner, now, inSeconds(liveUntil), deps),
    refreshToken: signRefreshToken(ctx, old, jti, issuedAt, liveUntil, deps),
  }
}
