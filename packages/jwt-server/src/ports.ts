import type {
  Clock,
  NewId,
  RequestContext,
  RequestMiddleware,
  RequestPorts,
} from '@session-vs-jwt/http-edge'
import type { default as JsonWebToken } from 'jsonwebtoken'
import type { JwtConfig } from './config.js'
import type { RefreshFamilyStore } from './stores/refresh-family-store.js'

/** What the JWT server needs from outside to answer a request. */
export interface JwtPorts extends RequestPorts {
  /** jsonwebtoken. It is a port so that a trace can count signatures from outside. */
  readonly jwt: Pick<typeof JsonWebToken, 'sign' | 'verify' | 'TokenExpiredError'>
  /** `undefined`: nothing is stored, and no token can be revoked. */
  readonly families: RefreshFamilyStore | undefined
}

/** What the functions in `tokens/` need besides the request. */
export interface TokenDeps {
  readonly config: JwtConfig
  readonly clock: Clock
  readonly newId: NewId
}

export type JwtContext = RequestContext<JwtPorts>
export type JwtMiddleware = RequestMiddleware<JwtPorts>
