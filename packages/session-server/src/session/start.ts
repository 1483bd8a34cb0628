import { userAgentOf } from '@session-vs-jwt/http-edge'
import type { User } from '@session-vs-jwt/users'
import type { Session, SessionContext } from '../ports.js'
import type { SessionRecord } from '../stores/session-store.js'
import { clearCookie, readSessionId, setSessionCookie } from './cookie.js'
import { newSessionId } from './session-id.js'
import { idleDeadline, type SessionSettings } from './settings.js'

/**
 * Starts a session for `user`: ends the session that the request came with, creates a new id, stores the
 * session under it, and sets the cookie. The id is always new, so a planted id is worth nothing (CWE-384).
 */
export async function startSession(
  ctx: SessionContext,
  user: User,
  passwordVersion: number,
  settings: SessionSettings,
): Promise<Session> {
  const { config, clock, newId, random, koaSession } = settings
  const { sessions } = ctx.ports
  const oldId = readSessionId(ctx, config)
  // This comes first: if it fails, nothing has to be undone.
  if (oldId !== undefined) await sessions?.destroy(oldId)
  const now = clock().getTime()
  const record: SessionRecord = {
    userId: user.id,
    email: user.email,
    deviceId: newId(),
    userAgent: userAgentOf(ctx),
    createdAt: now,
    idleUntil: idleDeadline(settings),
    absoluteUntil: now + config.absoluteSeconds * 1000,
    passwordVersion: sessions && passwordVersion,
  }
  if (!sessions) {
    await koaSession.setCookie(ctx, record)
    return { id: undefined, record }
  }
  const id = newSessionId(random)
  await sessions.create(id, record)
  setSessionCookie(ctx, id, config)
  return { id, record }
}

/** Ends a session that {@link startSession} started in this request, because the login was refused after all. */
export async function undoStart(
  ctx: SessionContext,
  { id }: Session,
  { config }: SessionSettings,
): Promise<void> {
  clearCookie(ctx, config)
  if (id !== undefined) await ctx.ports.sessions?.destroy(id)
}
