import { bcryptParts } from './bcrypt-string.js'
import { fromHex, utf8 } from './bytes.js'
import { jwtParts } from './jwt-parts.js'
import type { Scheme } from './scheme.js'

/** One hash of a table, understood. */
export interface HashString {
  readonly scheme: Scheme
  /** As the table has it. Two users with the same text have the same password. */
  readonly text: string
  /** Of md5, sha1 and sha256. */
  readonly digest?: Uint8Array
  /** Of the salted ones among them: hashed before the password. */
  readonly salt?: Uint8Array
  /** What makes bcrypt, scrypt and argon2id slow: one more doubles it. */
  readonly cost?: number
}

/** hashcat's form: SCRYPT:N:r:p:salt:hash, both in base64. */
const SCRYPT = /^SCRYPT:(\d+):(\d+):(\d+):([A-Za-z0-9+/]+={0,2}):([A-Za-z0-9+/]+={0,2})$/
/** The PHC string format of the Argon2 reference implementation. */
const ARGON2ID = /^\$argon2id\$v=19\$m=(\d+),t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/
/** John the Ripper's form of a salted hash: the number says which hash, and that the salt goes first. */
const DYNAMIC = /^\$dynamic_(4|25|61)\$([0-9a-f]+)\$(.+)$/i
const HEX_SALT = /^([0-9a-f]+)(?::(.+))?$/i

const FAST_BY_DIGITS: Readonly<Record<number, 'md5' | 'sha1' | 'sha256'>> = {
  32: 'md5',
  40: 'sha1',
  64: 'sha256',
}

/** Understands a hash by its shape, or gives nothing. */
export function parseHash(text: string): HashString | undefined {
  const bcrypt = bcryptParts(text)
  if (bcrypt) return { scheme: 'bcrypt', text, cost: bcrypt.cost }
  const [, n] = SCRYPT.exec(text) ?? []
  if (n !== undefined) return scryptHash(text, Number(n))
  const [, memory] = ARGON2ID.exec(text) ?? []
  if (memory !== undefined) return { scheme: 'argon2id', text, cost: Math.log2(Number(memory)) }
  if (jwtParts(text)) return { scheme: 'jwt', text }
  const [, , dynamicDigits = '', dynamicSalt] = DYNAMIC.exec(text) ?? []
  if (dynamicSalt !== undefined) return fastHash(text, dynamicDigits, dynamicSalt)
  const [, digits = '', salt] = HEX_SALT.exec(text) ?? []
  return fastHash(text, digits, salt)
}

function scryptHash(text: string, n: number): HashString | undefined {
  const cost = Math.log2(n)
  return Number.isInteger(cost) && cost >= 1 ? { scheme: 'scrypt', text, cost } : undefined
}

function fastHash(text: string, digits: string, salt: string | undefined): HashString | undefined {
  const hash = FAST_BY_DIGITS[digits.length]
  if (!hash) return undefined
  const digest = fromHex(digits)
  if (salt === undefined) return { scheme: hash, text: text.toLowerCase(), digest }
  return { scheme: `${hash}-salt`, text, digest, salt: utf8(salt) }
}
