import type { Identity } from '@session-vs-jwt/http-edge'
import { Problem } from '@session-vs-jwt/http-contract'
import type { SessionConfig } from '../config.js'
import type { Session, SessionContext } from '../ports.js'
import { expiryOf } from '../stores/session-store.js'
import { hasSessionCookie, readSessionId } from './cookie.js'
import type { SessionSettings } from './settings.js'

/**
 * Loads the session that the request's cookie names, or carries.
 *
 * @throws {Problem} `missing_credential`, `invalid_credential`, `expired_credential`
 */
export async function loadSession(
  ctx: SessionContext,
  { config, clock, koaSession }: SessionSettings,
): Promise<Session> {
  const record = await koaSession.read(ctx)
  if (!record) throw noSession(ctx, config)
  if (expiryOf(record) <= clock().getTime()) throw new Problem('expired_credential')
  return { id: ctx.ports.sessions && readSessionId(ctx, config), record }
}

/** Why this request has no session: it sent no cookie, or the cookie is worth nothing. */
export function noSession(ctx: SessionContext, config: SessionConfig): Problem {
  return new Problem(hasSessionCookie(ctx, config) ? 'invalid_credential' : 'missing_credential')
}

/** The session that the guard loaded. A handler without a guard in front of it is a bug. */
export function sessionOf(ctx: SessionContext): Session {
  const { session } = ctx.state
  if (!session) throw new Error('this route has no guard in front of it')
  return session
}

/** Who sends the request, from the session alone. */
export function identityFrom({ record }: Session): Identity {
  return {
    userId: record.userId,
    email: record.email,
    issuedAt: new Date(record.createdAt),
    expiresAt: new Date(expiryOf(record)),
    deviceId: record.deviceId,
  }
}
