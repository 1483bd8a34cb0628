import { parseBearer } from '@session-vs-jwt/http-edge'
import type { JwtContext, TokenDeps } from '../ports.js'
import { renew } from '../tokens/renew.js'
import { rotate } from '../tokens/rotate.js'

/** `POST /auth/token/access`: a new access token and the next refresh token for the old one, which is spent. */
export function renewAccess(deps: TokenDeps): (ctx: JwtContext) => Promise<void> {
  return async (ctx) => {
    const token = parseBearer(ctx.headers.authorization)
    ctx.body = await renew(ctx, token, deps)
  }
}

/** `POST /auth/token/refresh`: a new refresh token for the old one, which is spent. */
export function rotateRefresh(deps: TokenDeps): (ctx: JwtContext) => Promise<void> {
  return async (ctx) => {
    const token = parseBearer(ctx.headers.authorization)
    ctx.body = { refreshToken: await rotate(ctx, token, deps) }
  }
}
