import type { Context, MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { Problem } from './problem.js'
import type { Session, Sessions } from './sessions.js'

/** What a request knows once {@link requireSession} let it pass. */
export interface WithSession {
  Variables: { session: Session }
}

const NAME = 'sid'
const SESSION_ID = /^[A-Za-z0-9_-]{43}$/

/** The session id of a request: nothing else is looked up, or ended. */
export function presentedId(c: Context): string | undefined {
  const id = getCookie(c, NAME)
  return id !== undefined && SESSION_ID.test(id) ? id : undefined
}

/** Without a date: it ends with the browser, and its deadlines are kept here. */
export function sendId(c: Context, { id }: Session): void {
  setCookie(c, NAME, id, { httpOnly: true, sameSite: 'Lax', path: '/' })
}

export function forgetId(c: Context): void {
  deleteCookie(c, NAME, { httpOnly: true, sameSite: 'Lax', path: '/' })
}

/** Why a request that presents no id is refused. */
export function refusal(c: Context): Problem {
  return new Problem(getCookie(c, NAME) === undefined ? 'missing_credential' : 'invalid_credential')
}

/** @throws {Problem} with 401 */
export function requireSession(sessions: Sessions): MiddlewareHandler<WithSession> {
  return async (c, next) => {
    const id = presentedId(c)
    if (id === undefined) throw refusal(c)
    const session = sessions.find(id)
    sessions.renew(session)
    c.set('session', session)
    await next()
  }
}
