import type { JwtContext, TokenDeps } from '../ports.js'
import { signRefreshToken } from './sign.js'
import { spend } from './spend.js'
import { verify } from './verify.js'

/**
 * A new refresh token for the old one, which is spent by that (RFC 9700, section 4.14.2).
 *
 * @throws {Problem} `invalid_credential`, `expired_credential`, `reused_credential`, `replaced_credential`
 */
export async function rotate(ctx: JwtContext, token: string, deps: TokenDeps): Promise<string> {
  const old = verify(ctx, token, 'refresh', deps)
  const { jti, issuedAt, liveUntil } = await spend(ctx, token, old, deps)
  return signRefreshToken(ctx, old, jti, issuedAt, liveUntil, deps)
}
