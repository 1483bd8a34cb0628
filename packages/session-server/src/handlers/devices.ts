import { Problem, uuidSchema } from '@session-vs-jwt/http-contract'
import { type Clock, identityOf } from '@session-vs-jwt/http-edge'
import type { SessionContext } from '../ports.js'
import { expiryOf, type SessionStore } from '../stores/session-store.js'

/** `GET /auth/devices`: the user's live sessions, the newest first. */
export function listDevices(clock: Clock): (ctx: SessionContext) => Promise<void> {
  return async (ctx) => {
    const { userId, deviceId } = identityOf(ctx)
    const sessions = await storedSessions(ctx).list(userId)
    const devices = sessions
      .filter((session) => expiryOf(session) > clock().getTime())
      .toSorted((a, b) => b.createdAt - a.createdAt)
      .map((session) => ({
        id: session.deviceId,
        current: session.deviceId === deviceId,
        userAgent: session.userAgent,
        createdAt: new Date(session.createdAt).toISOString(),
        expiresAt: new Date(expiryOf(session)).toISOString(),
      }))
    ctx.body = { devices }
  }
}

/** `DELETE /auth/devices/:id`: ends one of the user's own sessions. */
export async function endDevice(
  ctx: SessionContext & { params: Record<string, string> },
): Promise<void> {
  const deviceId = uuidSchema.safeParse(ctx.params['id'])
  const { userId } = identityOf(ctx)
  const sessions = storedSessions(ctx)
  if (!deviceId.success || !(await sessions.destroyDevice(userId, deviceId.data))) {
    throw new Problem('not_found')
  }
  ctx.status = 204
}

/** @throws {Problem} `not_supported` where cookies carry the sessions: nobody has a list of them */
export function storedSessions(ctx: SessionContext): SessionStore {
  if (ctx.ports.sessions) return ctx.ports.sessions
  throw new Problem('not_supported', {
    detail: 'Only the cookies hold sessions here, so this server cannot see or end other sessions.',
  })
}
