import { identityOf } from '@session-vs-jwt/http-kit'
import type { SessionContext } from '../ports.js'
import type { Sessions } from '../session.js'
import { storedSessions } from './devices.js'

/** `POST /auth/logout`: ends this session. Whoever is logged out already gets the same answer. */
export function logout(sessions: Sessions): (ctx: SessionContext) => Promise<void> {
  return async (ctx) => {
    await sessions.end(ctx)
    ctx.status = 204
  }
}

/** `POST /auth/logout/all`: ends every session of this user. */
export function logoutAll(sessions: Sessions): (ctx: SessionContext) => Promise<void> {
  return async (ctx) => {
    await storedSessions(ctx).destroyAll(identityOf(ctx).userId)
    sessions.forget(ctx)
    ctx.status = 204
  }
}
