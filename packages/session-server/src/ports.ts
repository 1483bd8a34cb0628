import type { RequestContext, RequestPorts, RequestState } from '@session-vs-jwt/http-edge'
import type Keygrip from 'keygrip'
import type { SessionRecord, SessionStore } from './stores/session-store.js'

/** What the session server needs from outside to answer a request. */
export interface SessionPorts extends RequestPorts {
  /** `undefined`: the cookie itself carries the session, and the server keeps nothing. */
  readonly sessions: SessionStore | undefined
  /** Signs and checks a cookie that carries a session. */
  readonly cookieKeys: Keygrip | undefined
}

/** The session of a request. */
export interface Session {
  /** `undefined`: the cookie itself carries the session. */
  readonly id: string | undefined
  readonly record: SessionRecord
}

interface SessionState extends RequestState {
  /** Set by the guard of private routes. */
  session?: Session
}

export type SessionContext = RequestContext<SessionPorts> & { state: SessionState }
export type SessionMiddleware = (ctx: SessionContext, next: () => Promise<unknown>) => Promise<void>
