import type { ServerKind } from '@session-vs-jwt/http-contract'

export type { ServerKind }

export type SessionStrategyId =
  | 'session-redis'
  | 'session-postgres'
  | 'session-memory'
  | 'session-cookie'

export type JwtStrategyId =
  | 'jwt-rotating'
  | 'jwt-stateless'
  | 'jwt-denylist'
  | 'jwt-valid-after'
  | 'jwt-user-lookup'

export type StrategyId = SessionStrategyId | JwtStrategyId

/** What a strategy promises where strategies differ. Each field has a test that executes it. */
export interface Promises {
  /** Where the server keeps a login; `credential` if it keeps none, and what it handed out is all. */
  readonly stateIn: 'redis' | 'postgres' | 'process' | 'credential'
  /** A copy of the credential that identifies requests, used after logout. */
  readonly afterLogout: 'dead-at-once' | 'lives-until-expiry'
  /** A credential on another device, after its user has logged out everywhere or set a new password. */
  readonly afterLogoutAll: 'dead-at-once' | 'lives-until-expiry'
  /** The credential with which its user has set a new password. The login itself goes on in any case. */
  readonly afterOwnNewPassword: 'goes-on' | 'must-be-renewed'
  /** A credential on another device, after the user has deleted the account. */
  readonly afterUserDeleted: 'dead-at-once' | 'lives-until-expiry'
  /** A credential that was replaced (by a rotation, and with tokens by a renewal, too), used once more. */
  readonly spentCredential: 'refused' | 'still-works'
  /** A login, after the server process was started again. */
  readonly afterRestart: 'kept' | 'lost'
  /** A login, at a second instance of the server. */
  readonly secondInstance: 'knows-it' | 'does-not'
  /** The requests of one login, sent in turn to several instances behind a balancer. */
  readonly balanced: 'known-everywhere' | 'known-at-one'
  /** Logins, after all instances were replaced one after the other. */
  readonly rollingRestart: 'kept' | 'lost'
  /** A request that needs the identity only, while Redis is down. */
  readonly withoutRedis: 'served' | 'unavailable'
  /** Whether the credential itself can be read by its holder: signed, and not encrypted. */
  readonly clientCanRead: boolean
  /** Whether the server can list and end a user's devices; if not, it answers 501. */
  readonly devices: boolean
  /** Store calls of a request that needs the identity only. */
  readonly identityCost: { readonly sql: number; readonly redis: number }
}

/** A way to keep logins: data, which servers, tests, benchmarks, the tour and the lab all read. */
export interface Strategy {
  readonly id: StrategyId
  readonly server: ServerKind
  readonly title: string
  /** Where the state lives, in a line. */
  readonly state: string
  /** Settings of the server. */
  readonly env: Readonly<Record<string, string>>
  readonly promises: Promises
}
