import { createHash, randomBytes } from 'node:crypto'
import { hashPassword } from '@session-vs-jwt/users/password-hash'
import type { Scheme } from '../scheme.js'
import { argon2idHash, scryptHash } from './salted-hashes.js'

/** One password, hashed twice by the same function. */
export interface HashedTwice {
  readonly scheme: Scheme
  readonly first: string
  readonly second: string
  /** Of the faster of the two. */
  readonly ms: number
}

export const HASH_EXHIBITS = ['md5', 'sha1', 'sha256', 'bcrypt', 'scrypt', 'argon2id'] as const

/** Each function with the settings that OWASP's password storage cheat sheet gives; bcrypt with `cost`. */
export async function hashTwice(password: string, cost: number): Promise<HashedTwice[]> {
  const results: HashedTwice[] = []
  for (const scheme of HASH_EXHIBITS) {
    const [first, second] = [
      await timed(() => hashWith(scheme, password, cost)),
      await timed(() => hashWith(scheme, password, cost)),
    ]
    const ms = Math.min(first.ms, second.ms)
    results.push({ scheme, first: first.text, second: second.text, ms })
  }
  return results
}

async function hashWith(
  scheme: (typeof HASH_EXHIBITS)[number],
  password: string,
  cost: number,
): Promise<string> {
  if (scheme === 'bcrypt') return hashPassword(password, cost)
  if (scheme === 'scrypt') return scryptHash(password, randomBytes(16))
  if (scheme === 'argon2id') return argon2idHash(password, randomBytes(16))
  return createHash(scheme).update(password).digest('hex')
}

async function timed(work: () => Promise<string>): Promise<{ text: string; ms: number }> {
  const startedAt = performance.now()
  const text = await work()
  return { text, ms: performance.now() - startedAt }
}
