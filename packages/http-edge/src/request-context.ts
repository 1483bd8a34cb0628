import type { PostRepository } from '@session-vs-jwt/posts'
import type { LoginAttempts, PasswordHasher, UserRepository } from '@session-vs-jwt/users'
import type { Middleware, ParameterizedContext } from 'koa'
import type { Dependency } from './health.js'

/** Who sends the request, from the credential alone. */
export interface Identity {
  readonly userId: string
  readonly email: string
  readonly issuedAt: Date
  readonly expiresAt: Date
  /** The session or refresh family; a strategy without state has none. */
  readonly deviceId: string | undefined
}

/** What both servers need from outside to answer a request; see `ctx.ports`. */
export interface RequestPorts {
  readonly users: UserRepository
  readonly posts: PostRepository
  readonly passwords: PasswordHasher
  readonly loginAttempts: LoginAttempts
  /** What readiness asks. */
  readonly dependencies: readonly Dependency[]
}

export interface RequestState {
  /** Set by the guard of private routes. */
  identity?: Identity
}

export type RequestContext<Ports = RequestPorts> = ParameterizedContext<
  RequestState,
  { ports: Ports }
>
export type RequestMiddleware<Ports = RequestPorts> = Middleware<RequestState, { ports: Ports }>

/** The identity that the guard found. A handler behind no guard is a bug, not an anonymous user. */
export function identityOf(ctx: RequestContext<never> | { state: RequestState }): Identity {
  const { identity } = ctx.state
  if (!identity) throw new Error('this route has no guard in front of it')
  return identity
}

/** The device's name for its owner, from `User-Agent`: bounded, since anybody can send anything. */
export function userAgentOf(ctx: { get(field: string): string }): string | null {
  return ctx.get('User-Agent').slice(0, 200) || null
}
