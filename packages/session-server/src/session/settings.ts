import type { Clock, NewId } from '@session-vs-jwt/http-edge'
import type { SessionConfig } from '../config.js'
import type { KoaSession } from './koa-session.js'
import type { RandomBytes } from './session-id.js'

/** Everything that the steps of a session need besides the request. */
export interface SessionSettings {
  readonly config: SessionConfig
  readonly clock: Clock
  readonly newId: NewId
  readonly random: RandomBytes
  readonly koaSession: KoaSession
}

/** When a session that is used now ends if nobody uses it again, in milliseconds since 1970. */
export function idleDeadline({ clock, config }: SessionSettings): number {
  return clock().getTime() + config.idleSeconds * 1000
}
