import { identityOf } from '@session-vs-jwt/http-edge'
import type { SessionContext } from '../ports.js'
import { clearCookie } from '../session/cookie.js'
import { endSession } from '../session/end.js'
import type { SessionSettings } from '../session/settings.js'
import { storedSessions } from './devices.js'

/** `POST /auth/logout`: ends this session. A client that is logged out already gets the same answer. */
export function logout(settings: SessionSettings): (ctx: SessionContext) => Promise<void> {
  return async (ctx) => {
    await endSession(ctx, settings)
    ctx.status = 204
  }
}

/** `POST /auth/logout/all`: ends every session of this user. */
export function logoutAll({ config }: SessionSettings): (ctx: SessionContext) => Promise<void> {
  return async (ctx) => {
    await storedSessions(ctx).destroyAll(identityOf(ctx).userId)
    clearCookie(ctx, config)
    ctx.status = 204
  }
}
