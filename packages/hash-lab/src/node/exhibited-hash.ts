import { createHash, randomBytes } from 'node:crypto'
import bcrypt from 'bcrypt'
import type { ExhibitScheme } from '../hash-exhibit.js'
import { argon2idHash, scryptHash } from './salted-hashes.js'

/** By each function with the settings that OWASP's password storage cheat sheet gives; bcrypt with `cost`. */
export async function exhibitedHash(
  scheme: ExhibitScheme,
  password: Uint8Array,
  cost: number,
): Promise<string> {
  if (scheme === 'bcrypt') return bcrypt.hash(Buffer.from(password), cost)
  if (scheme === 'scrypt') return scryptHash(password, randomBytes(16))
  if (scheme === 'argon2id') return argon2idHash(password, randomBytes(16))
  return createHash(scheme).update(password).digest('hex')
}
