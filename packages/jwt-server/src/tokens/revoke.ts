import { Problem } from '@session-vs-jwt/http-contract'
import { identityOf } from '@session-vs-jwt/http-edge'
import type { JwtContext, TokenDeps } from '../ports.js'
import type { RefreshFamilyStore } from '../stores/refresh-family-store.js'
import type { TokenClaims } from './claims.js'
import { verify } from './verify.js'

/**
 * Ends the refresh family of a token, access or refresh: the access token may have expired when somebody
 * wants to log out (RFC 7009, section 2.1). Ending a family twice does no harm.
 *
 * @throws {Problem} `invalid_credential`, `expired_credential`
 */
export async function revoke(ctx: JwtContext, token: string, deps: TokenDeps): Promise<void> {
  const { sub, sid } = verifyEither(ctx, token, deps)
  if (sid !== undefined) await ctx.ports.families?.end(sub, sid)
}

/**
 * Ends every refresh family of the user who asks.
 *
 * @throws {Problem} `not_supported`
 */
export async function revokeAll(ctx: JwtContext): Promise<void> {
  await storedFamilies(ctx).endAll(identityOf(ctx).userId)
}

function verifyEither(ctx: JwtContext, token: string, deps: TokenDeps): TokenClaims {
  try {
    return verify(ctx, token, 'access', deps)
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'invalid_credential') throw error
    return verify(ctx, token, 'refresh', deps)
  }
}

/** @throws {Problem} `not_supported` where nothing is stored: nobody has a list of the tokens */
export function storedFamilies(ctx: JwtContext): RefreshFamilyStore {
  if (ctx.ports.families) return ctx.ports.families
  throw new Problem('not_supported', {
    detail:
      'This server stores nothing about the tokens it signs, so it cannot see or end other logins.',
  })
}
