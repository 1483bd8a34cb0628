import type { FastHash } from './kernel/message-slots.js'

/** How a table keeps its passwords; `jwt` is a token whose signature was made with one (HMAC). */
export type Scheme = (typeof SCHEMES)[number]

export const SCHEMES = [
  'md5',
  'sha1',
  'sha256',
  'md5-salt',
  'sha1-salt',
  'sha256-salt',
  'bcrypt',
  'scrypt',
  'argon2id',
  'jwt',
] as const

export interface SchemeTraits {
  /** A hash function made for speed, if that is what is used; with a salt, of salt and password. */
  readonly fast?: FastHash
  readonly salted: boolean
  /** hashcat's number for it, and the version that came with it. */
  readonly hashcatMode?: number
  /** The name of John the Ripper; only bcrypt is in builds without the "jumbo" patch. */
  readonly johnFormat?: string
}

export const SCHEME_TRAITS: Readonly<Record<Scheme, SchemeTraits>> = {
  md5: { fast: 'md5', salted: false, hashcatMode: 0, johnFormat: 'raw-md5' },
  sha1: { fast: 'sha1', salted: false, hashcatMode: 100, johnFormat: 'raw-sha1' },
  sha256: { fast: 'sha256', salted: false, hashcatMode: 1400, johnFormat: 'raw-sha256' },
  'md5-salt': { fast: 'md5', salted: true, hashcatMode: 20, johnFormat: 'dynamic_4' },
  'sha1-salt': { fast: 'sha1', salted: true, hashcatMode: 120, johnFormat: 'dynamic_25' },
  'sha256-salt': { fast: 'sha256', salted: true, hashcatMode: 1420, johnFormat: 'dynamic_61' },
  bcrypt: { salted: true, hashcatMode: 3200, johnFormat: 'bcrypt' },
  scrypt: { salted: true, hashcatMode: 8900, johnFormat: 'scrypt' },
  argon2id: { salted: true, hashcatMode: 34000, johnFormat: 'argon2' },
  jwt: { salted: false, hashcatMode: 16500, johnFormat: 'HMAC-SHA256' },
}
