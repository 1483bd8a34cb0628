import { userAgentOf } from '@session-vs-jwt/http-edge'
import type { User } from '@session-vs-jwt/users'
import type { JwtContext, TokenDeps } from '../ports.js'
import { inSeconds } from './claims.js'
import { withGeneration } from './generation.js'
import { hashOf } from './presented-token.js'
import { signAccessToken, signRefreshToken } from './sign.js'

/** The tokens of a login, and the family that they belong to. */
export interface IssuedTokens {
  readonly userId: string
  readonly familyId: string
  readonly accessToken: string
  readonly refreshToken: string
}

/**
 * Logs `user` in: starts a refresh family and signs its first two tokens.
 *
 * @param passwordVersion the version of the password that was checked; a newer password ends the family
 */
export async function issue(
  ctx: JwtContext,
  user: User,
  passwordVersion: number,
  deps: TokenDeps,
): Promise<IssuedTokens> {
  const { config, clock, newId } = deps
  const { families } = ctx.ports
  const now = clock().getTime()
  const familyId = newId()
  const jti = newId()
  const absoluteUntil = now + config.familySeconds * 1000
  const liveUntil = Math.min(now + config.refreshSeconds * 1000, absoluteUntil)
  const family = { id: familyId, userId: user.id, userAgent: userAgentOf(ctx), passwordVersion }
  const login = { sub: user.id, email: user.email, sid: families && familyId }
  const owner = await withGeneration(ctx, login, deps)
  await families?.start({ ...family, createdAt: now, liveUntil, absoluteUntil }, hashOf(jti))
  return {
    userId: user.id,
    familyId,
    accessToken: signAccessToken(ctx, owner, now, inSeconds(liveUntil), deps),
    refreshToken: signRefreshToken(ctx, owner, jti, now, liveUntil, deps),
  }
}

/** Ends a family that {@link issue} started in this request, because the login failed after all. */
export async function undoIssue(
  { ports }: JwtContext,
  { userId, familyId }: IssuedTokens,
): Promise<void> {
  await ports.families?.end(userId, familyId)
}
