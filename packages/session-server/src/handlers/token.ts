import type { SessionContext } from '../ports.js'
import { renewSession } from '../session/renew.js'
import { rotateSession } from '../session/rotate.js'
import type { SessionSettings } from '../session/settings.js'
import { expiryOf } from '../stores/session-store.js'

/** `POST /auth/token/access`: extends the session. Its idle time starts again. */
export function renewAccess(settings: SessionSettings): (ctx: SessionContext) => Promise<void> {
  return async (ctx) => {
    const { record } = await renewSession(ctx, settings)
    ctx.body = { expiresAt: new Date(expiryOf(record)).toISOString() }
  }
}

/** `POST /auth/token/refresh`: moves the session to a new id, and the old id is spent. */
export function rotateRefresh(settings: SessionSettings): (ctx: SessionContext) => Promise<void> {
  return async (ctx) => {
    const { record } = await rotateSession(ctx, settings)
    ctx.body = { expiresAt: new Date(expiryOf(record)).toISOString() }
  }
}
