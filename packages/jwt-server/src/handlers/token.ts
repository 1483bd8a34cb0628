import { parseBearer } from '@session-vs-jwt/http-kit'
import {
  type CredentialSettings,
  type PresentedRefresh,
  renewTokens,
  rotateRefreshToken,
} from '../credentials.js'
import type { JwtContext } from '../ports.js'

/**
 * `POST /auth/token/access`: a new access token for a refresh token, and, where the server keeps families, a new refresh
 * token for the one that is spent by it.
 */
export function renewAccess(settings: CredentialSettings): (ctx: JwtContext) => Promise<void> {
  return async (ctx) => {
    ctx.body = await renewTokens(ctx, refreshTokenOf(ctx, settings), settings)
  }
}

/** `POST /auth/token/refresh`: a new refresh token for the old one, which is spent. */
export function rotateRefresh(settings: CredentialSettings): (ctx: JwtContext) => Promise<void> {
  return async (ctx) => {
    const refresh = refreshTokenOf(ctx, settings)
    ctx.body = { refreshToken: await rotateRefreshToken(ctx, refresh, settings) }
  }
}

function refreshTokenOf(ctx: JwtContext, { clock }: CredentialSettings): PresentedRefresh {
  const token = parseBearer(ctx.headers.authorization)
  return { token, claims: ctx.ports.refreshTokens.verify(token, clock()) }
}
