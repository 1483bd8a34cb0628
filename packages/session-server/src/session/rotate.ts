import { Problem } from '@session-vs-jwt/http-contract'
import type { Session, SessionContext } from '../ports.js'
import { setSessionCookie } from './cookie.js'
import { sessionOf } from './load.js'
import { newSessionId } from './session-id.js'
import { idleDeadline, type SessionSettings } from './settings.js'

/**
 * Moves the session to a new id and extends its idle deadline. The store ends the old id in the same step,
 * so of two requests that rotate at once, one wins.
 *
 * @throws {Problem} `invalid_credential`: somebody has just ended or rotated the session
 */
export async function rotateSession(
  ctx: SessionContext,
  settings: SessionSettings,
): Promise<Session> {
  const { id: oldId, record } = sessionOf(ctx)
  const { sessions } = ctx.ports
  const rotated = { ...record, idleUntil: idleDeadline(settings) }
  if (!sessions || oldId === undefined) {
    await settings.koaSession.setCookie(ctx, rotated)
    return { id: undefined, record: rotated }
  }
  const id = newSessionId(settings.random)
  if (!(await sessions.replace(oldId, id, rotated))) throw new Problem('invalid_credential')
  setSessionCookie(ctx, id, settings.config)
  return { id, record: rotated }
}
