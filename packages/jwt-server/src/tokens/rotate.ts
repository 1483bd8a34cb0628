import type { JwtContext, TokenDeps } from '../ports.js'
import { hashOf, presented, refuseUnlessLive } from './presented-token.js'
import { signRefreshToken } from './sign.js'
import { verify } from './verify.js'

/**
 * A new refresh token for the old one, which is spent by that (RFC 9700, section 4.14.2). The new one
 * never outlives its family. A strategy without families can't spend anything: both tokens work.
 *
 * @throws {Problem} `invalid_credential`, `expired_credential`, `reused_credential`
 */
export async function rotate(ctx: JwtContext, token: string, deps: TokenDeps): Promise<string> {
  const old = verify(ctx, token, 'refresh', deps)
  const { config, clock, newId } = deps
  const { families } = ctx.ports
  const now = clock().getTime()
  const jti = newId()
  let liveUntil = now + config.refreshSeconds * 1000
  if (families) {
    const graceUntil = now + config.graceSeconds * 1000
    const rotation = { newTokenHash: hashOf(jti), graceUntil, liveUntil }
    const result = await families.rotate(presented(old), rotation)
    refuseUnlessLive(result.state)
    if (result.state === 'live') liveUntil = Math.min(liveUntil, result.absoluteUntil)
  }
  return signRefreshToken(ctx, old, jti, now, liveUntil, deps)
}
