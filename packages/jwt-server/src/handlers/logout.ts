import { parseBearer } from '@session-vs-jwt/http-edge'
import type { JwtContext, TokenDeps } from '../ports.js'
import { revoke, revokeAll } from '../tokens/revoke.js'

/** `POST /auth/logout`: ends this login. If you are logged out already, you get the same answer. */
export function logout(deps: TokenDeps): (ctx: JwtContext) => Promise<void> {
  return async (ctx) => {
    await revoke(ctx, parseBearer(ctx.headers.authorization), deps)
    ctx.status = 204
  }
}

/** `POST /auth/logout/all`: ends every login of this user. */
export async function logoutAll(ctx: JwtContext): Promise<void> {
  await revokeAll(ctx)
  ctx.status = 204
}
