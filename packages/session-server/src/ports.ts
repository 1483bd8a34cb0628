import type { KitContext, KitMiddleware, KitPorts } from '@session-vs-jwt/http-kit'
import type Keygrip from 'keygrip'
import type { SessionStore } from './stores/session-store.js'

/** What the session server needs from outside to answer a request. */
export interface SessionPorts extends KitPorts {
  /** `undefined`: the cookie itself carries the session, and the server keeps nothing. */
  readonly sessions: SessionStore | undefined
  /** Signs and checks a cookie that carries a session. */
  readonly cookieKeys: Keygrip | undefined
}

export type SessionContext = KitContext<SessionPorts>
export type SessionMiddleware = KitMiddleware<SessionPorts>
