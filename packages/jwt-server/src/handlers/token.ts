import { parseBearer } from '@session-vs-jwt/http-kit'
import { type CredentialSettings, renewAccessToken, rotateRefreshToken } from '../credentials.js'
import type { JwtContext } from '../ports.js'
import type { TokenClaims } from '../token.js'

/** `POST /auth/token/access`: a new access token for a refresh token. */
export function renewAccess(settings: CredentialSettings): (ctx: JwtContext) => Promise<void> {
  return async (ctx) => {
    const refresh = refreshTokenOf(ctx, settings)
    ctx.body = { accessToken: await renewAccessToken(ctx, refresh, settings) }
  }
}

/** `POST /auth/token/refresh`: a new refresh token for the old one, which is spent. */
export function rotateRefresh(settings: CredentialSettings): (ctx: JwtContext) => Promise<void> {
  return async (ctx) => {
    const refresh = refreshTokenOf(ctx, settings)
    ctx.body = { refreshToken: await rotateRefreshToken(ctx, refresh, settings) }
  }
}

function refreshTokenOf(ctx: JwtContext, { clock }: CredentialSettings): TokenClaims {
  return ctx.ports.refreshTokens.verify(parseBearer(ctx.headers.authorization), clock())
}
