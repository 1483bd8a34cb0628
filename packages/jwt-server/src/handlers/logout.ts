import { type Clock, identityOf, parseBearer, Problem } from '@session-vs-jwt/http-kit'
import type { JwtContext } from '../ports.js'
import type { TokenClaims } from '../token.js'
import { storedFamilies } from './devices.js'

/**
 * `POST /auth/logout`: ends the refresh family of the token, whose access or refresh token is sent.
 * Whoever is logged out already gets the same answer. The refresh token is taken as well, because the
 * access token may have expired when a user wants to go (as RFC 7009 has it).
 */
export function logout(clock: Clock): (ctx: JwtContext) => Promise<void> {
  return async (ctx) => {
    const { sub, sid } = anyTokenOf(ctx, clock())
    if (sid !== undefined) await ctx.ports.families?.end(sub, sid)
    ctx.status = 204
  }
}

/** `POST /auth/logout/all`: ends every refresh family of this user. */
export async function logoutAll(ctx: JwtContext): Promise<void> {
  await storedFamilies(ctx).endAll(identityOf(ctx).userId)
  ctx.status = 204
}

function anyTokenOf(ctx: JwtContext, now: Date): TokenClaims {
  const token = parseBearer(ctx.headers.authorization)
  try {
    return ctx.ports.accessTokens.verify(token, now)
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'invalid_credential') throw error
    return ctx.ports.refreshTokens.verify(token, now)
  }
}
