import type { SessionContext } from '../ports.js'
import type { Sessions } from '../session.js'

/** `POST /auth/token/access`: the session goes on; its idle deadline begins anew. */
export function renewAccess(sessions: Sessions): (ctx: SessionContext) => Promise<void> {
  return async (ctx) => {
    ctx.body = { expiresAt: (await sessions.renew(ctx)).toISOString() }
  }
}

/** `POST /auth/token/refresh`: the session goes on under a new id; the old one is spent. */
export function rotateRefresh(sessions: Sessions): (ctx: SessionContext) => Promise<void> {
  return async (ctx) => {
    ctx.body = { expiresAt: (await sessions.rotate(ctx)).toISOString() }
  }
}
