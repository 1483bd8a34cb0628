import { hash, randomBytes } from 'node:crypto'

/** A source of unguessable bytes; tests bring their own. */
export type RandomBytes = (size: number) => Buffer

export const systemRandomBytes: RandomBytes = randomBytes

const SESSION_ID = /^([0-9a-f]{4})\.[A-Za-z0-9_-]{43}$/

/**
 * A new id: 256 random bits behind a tag of the user. Sessions of one user share the tag, which places
 * them in one hash slot of a Redis Cluster, so that one script can reach them all.
 */
export function newSessionId(userId: string, random: RandomBytes): string {
  return `${userTag(userId)}.${random(32).toString('base64url')}`
}

export function isSessionId(text: string): boolean {
  return SESSION_ID.test(text)
}

export function userTag(userId: string): string {
  return hash('sha256', userId, 'hex').slice(0, 4)
}

export function tagOf(sessionId: string): string {
  return sessionId.slice(0, 4)
}

/** SHA-256 in base64url. What a store keeps in place of the id: who reads the store cannot log in with it. */
export function hashSessionId(sessionId: string): string {
  return hash('sha256', sessionId, 'base64url')
}
