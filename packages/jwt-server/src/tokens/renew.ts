import type { JwtContext, TokenDeps } from '../ports.js'
import { withGeneration } from './generation.js'
import { presented, refuseUnlessLive } from './presented-token.js'
import { signAccessToken } from './sign.js'
import { verify } from './verify.js'

/**
 * A new access token for a refresh token that is still live (RFC 6749, section 6).
 *
 * @throws {Problem} `invalid_credential`, `expired_credential`, `reused_credential`
 */
export async function renew(ctx: JwtContext, token: string, deps: TokenDeps): Promise<string> {
  const refresh = verify(ctx, token, 'refresh', deps)
  const { families } = ctx.ports
  const owner = await withGeneration(ctx, refresh, deps)
  if (families) refuseUnlessLive(await families.check(presented(refresh)))
  return signAccessToken(ctx, owner, deps.clock().getTime(), refresh.exp, deps)
}
