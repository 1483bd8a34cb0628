import { hash } from 'node:crypto'
import type { KeyUse, RedisConnection } from '@session-vs-jwt/stores/redis'
import { hashSessionId } from '../../session/session-id.js'

/*
 * session:<hash of id>           the session as JSON; expires with the session
 * sessions-of:<user>             hash: device id -> hash of session id
 * replaced-session:<hash of id>  whose session it was, for an id that was given up
 *
 * In a Redis Cluster a script only reaches keys of one slot, so all keys of a user share a hash tag:
 * session:{tag}:<hash of id>, and so on. A session id says nothing about its user, so one more key leads
 * from the id to the tag:
 *
 * session:tag:<hash of id>       the tag, for as long as the session can live
 */

/** The keys above. */
export const SESSION_KEYS: readonly KeyUse[] = [
  { prefix: 'session:', type: 'string' },
  { prefix: 'replaced-session:', type: 'string' },
  { prefix: 'sessions-of:', type: 'hash' },
]

/** The names of one user's keys. `tag` is empty, or `{…}:` in a cluster. */
export interface UserKeys {
  readonly tag: string
  /** The session with this id. */
  readonly session: (id: string) => string
  /** Whose session this id was, after the session moved to another id. */
  readonly replaced: (id: string) => string
  /** What the name of every session of this user begins with; never a key itself. */
  readonly sessionPrefix: string
  /** The same for the users' hashes. */
  readonly indexPrefix: string
}

export function keysWithTag(tag: string): UserKeys {
  const sessionPrefix = `session:${tag}`
  return {
    tag,
    sessionPrefix,
    indexPrefix: `sessions-of:${tag}`,
    session: (id) => sessionPrefix + hashSessionId(id),
    replaced: (id) => `replaced-session:${tag}${hashSessionId(id)}`,
  }
}

/** Whether a tag key holds a tag. Another program may have written to it. */
export function isTag(text: string): boolean {
  return /^\{[0-9a-f]{4}\}:$/.test(text)
}

/** Where a cluster keeps the tag of the user whose session this is. */
export function tagKey(id: string): string {
  return `session:tag:${hashSessionId(id)}`
}

/** The hash tag of a user's keys: 16 bits of a hash, which spread users over a cluster. */
export function tagOfUser(userId: string): string {
  return `{${hash('sha256', userId, 'hex').slice(0, 4)}}:`
}

/** Where this Redis keeps the sessions of a user, for a look at them from outside. */
export function redisKeys(
  { isCluster }: Pick<RedisConnection, 'isCluster'>,
  userId: string,
): { readonly index: string; readonly member: (hashOfId: string) => string } {
  const keys = keysWithTag(isCluster ? tagOfUser(userId) : '')
  return { index: keys.indexPrefix + userId, member: (hashOfId) => keys.sessionPrefix + hashOfId }
}
