import { Problem } from '@session-vs-jwt/http-contract'
import type { Session, SessionContext } from '../ports.js'
import { sessionOf } from './load.js'
import { idleDeadline, type SessionSettings } from './settings.js'

/**
 * Extends the session's idle deadline. The absolute deadline stays.
 *
 * @throws {Problem} `invalid_credential`: somebody has just ended the session
 */
export async function renewSession(
  ctx: SessionContext,
  settings: SessionSettings,
): Promise<Session> {
  const { id, record } = sessionOf(ctx)
  const { sessions } = ctx.ports
  const renewed = { ...record, idleUntil: idleDeadline(settings) }
  if (!sessions || id === undefined) {
    await settings.koaSession.setCookie(ctx, renewed)
  } else if (renewed.idleUntil !== record.idleUntil && !(await sessions.update(id, renewed))) {
    throw new Problem('invalid_credential')
  }
  ctx.state.session = { id, record: renewed }
  return ctx.state.session
}

/** Renews at most once in each quarter of the idle time, so most requests only read. */
export async function renewIfDue(ctx: SessionContext, settings: SessionSettings): Promise<void> {
  const left = sessionOf(ctx).record.idleUntil - settings.clock().getTime()
  if (left <= settings.config.idleSeconds * 750) await renewSession(ctx, settings)
}
