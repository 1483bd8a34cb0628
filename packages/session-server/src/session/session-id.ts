import { hash, randomBytes } from 'node:crypto'

/** A source of unguessable bytes; tests bring their own. */
export type RandomBytes = (size: number) => Buffer

export const systemRandomBytes: RandomBytes = randomBytes

const SESSION_ID = /^[A-Za-z0-9_-]{43}$/

/** A new session id: 256 random bits, in base64url so that a cookie can carry them. */
export function newSessionId(random: RandomBytes): string {
  return random(32).toString('base64url')
}

/** Whether `text` has the form of a session id. The store is never asked for anything else. */
export function isSessionId(text: string): boolean {
  return SESSION_ID.test(text)
}

/**
 * SHA-256 of a session id, in base64url. Stores keep this instead of the id, so a thief who reads the
 * store still can't log in.
 */
export function hashSessionId(sessionId: string): string {
  return hash('sha256', sessionId, 'base64url')
}
