import type { KitContext, KitMiddleware, KitPorts } from '@session-vs-jwt/http-kit'
import type { RefreshFamilyStore } from './stores/refresh-family-store.js'
import type { TokenSigner } from './token.js'

/** What the JWT server needs from outside to answer a request. */
export interface JwtPorts extends KitPorts {
  readonly accessTokens: TokenSigner
  readonly refreshTokens: TokenSigner
  /** `undefined`: nothing is kept, and no token can be taken back. */
  readonly families: RefreshFamilyStore | undefined
}

export type JwtContext = KitContext<JwtPorts>
export type JwtMiddleware = KitMiddleware<JwtPorts>
