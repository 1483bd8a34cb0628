import { bcryptParts } from './bcrypt-string.js'
import { bytesOfBinaryText, bytesText, fromHex, fromHexNotation } from './bytes.js'
import { jwtParts } from './jwt-parts.js'
import type { Scheme } from './scheme.js'

/** One hash of a table, understood. */
export interface HashString {
  readonly scheme: Scheme
  /** As the table has it. Two users with the same text have the same password. */
  readonly text: string
  /** Of md5, sha1 and sha256. */
  readonly digest?: Uint8Array
  /** Of the salted ones among them: any bytes, hashed before the password. */
  readonly salt?: Uint8Array
  /** What makes bcrypt, scrypt and argon2id slow: one more doubles it. */
  readonly cost?: number
}

/** hashcat's form: SCRYPT:N:r:p:salt:hash, both in base64. */
const SCRYPT = /^SCRYPT:(\d+):(\d+):(\d+):([A-Za-z0-9+/]+={0,2}):([A-Za-z0-9+/]+={0,2})$/
/** The PHC string format of the Argon2 reference implementation. */
const ARGON2ID =
  /^\$argon2id\$v=19\$m=(\d+),t=([1-9]\d*),p=([1-9]\d*)\$([A-Za-z0-9+/]{11,})\$[A-Za-z0-9+/]+$/
/** John the Ripper's form of a salted hash: the number says which hash, and that the salt goes first. */
const DYNAMIC = /^\$dynamic_(4|25|61)\$([0-9a-f]+)\$(.+)$/is
/** What John the Ripper writes for a salt with bytes that would break its line. */
const DYNAMIC_HEX_SALT = /^HEX\$((?:[0-9a-f]{2})+)$/i
const HEX_SALT = /^([0-9a-f]+)(?::(.+))?$/is

const FAST_BY_DYNAMIC: Readonly<Record<string, string>> = { 4: 'md5', 25: 'sha1', 61: 'sha256' }

const FAST_BY_DIGITS: Readonly<Record<number, 'md5' | 'sha1' | 'sha256'>> = {
  32: 'md5',
  40: 'sha1',
  64: 'sha256',
}

/**
 * Understands a hash by its shape, or returns nothing.
 *
 * @param text with one character per byte: see `binaryText`
 */
export function parseHash(text: string): HashString | undefined {
  const bcrypt = bcryptParts(text)
  if (bcrypt) return { scheme: 'bcrypt', text, cost: bcrypt.cost }
  const scrypt = SCRYPT.exec(text)
  if (scrypt) return scryptHash(text, scrypt.slice(1, 4).map(Number))
  const argon2id = ARGON2ID.exec(text)
  if (argon2id) return argon2idHash(text, argon2id.slice(1, 4).map(Number))
  if (jwtParts(text)) return { scheme: 'jwt', text }
  const [, number = '', dynamicDigits = '', dynamicSalt] = DYNAMIC.exec(text) ?? []
  if (dynamicSalt !== undefined) {
    const hash = FAST_BY_DIGITS[dynamicDigits.length]
    if (hash !== FAST_BY_DYNAMIC[number]) return undefined
    return fastHash(text, dynamicDigits, johnSalt(dynamicSalt))
  }
  const [, digits = '', salt] = HEX_SALT.exec(text) ?? []
  return fastHash(
    text,
    digits,
    salt === undefined ? undefined : (fromHexNotation(salt) ?? bytesOfBinaryText(salt)),
  )
}

/** Most that a hash may make an attack use: OWASP's setting for scrypt takes 128 MiB. */
const MOST_MEMORY_BYTES = 2 ** 32

function scryptHash(
  text: string,
  [n = 0, r = 0, p = 0]: readonly number[],
): HashString | undefined {
  const cost = Math.log2(n)
  const isPossible = Number.isInteger(cost) && cost >= 1 && r >= 1 && p >= 1
  return isPossible && 128 * n * r * p <= MOST_MEMORY_BYTES
    ? { scheme: 'scrypt', text, cost }
    : undefined
}

/** RFC 9106, section 3.1: at least 8 KiB for each lane. */
function argon2idHash(
  text: string,
  [memory = 0, , lanes = 0]: readonly number[],
): HashString | undefined {
  const isPossible = memory >= 8 * lanes && memory * 1024 <= MOST_MEMORY_BYTES
  return isPossible ? { scheme: 'argon2id', text, cost: Math.log2(memory) } : undefined
}

function johnSalt(text: string): Uint8Array {
  const [, digits] = DYNAMIC_HEX_SALT.exec(text) ?? []
  return digits === undefined ? bytesOfBinaryText(text) : fromHex(digits)
}

function fastHash(
  text: string,
  digits: string,
  salt: Uint8Array | undefined,
): HashString | undefined {
  const hash = FAST_BY_DIGITS[digits.length]
  if (!hash) return undefined
  const digest = fromHex(digits)
  if (salt === undefined) return { scheme: hash, text: text.toLowerCase(), digest }
  return { scheme: `${hash}-salt`, text: bytesText(bytesOfBinaryText(text)), digest, salt }
}
