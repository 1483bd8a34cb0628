import { createHmac, scryptSync, timingSafeEqual } from 'node:crypto'
import bcrypt from 'bcrypt'
import { argon2Verify } from 'hash-wasm'
import type { HashString } from '../hash-string.js'
import { type JwtParts, jwtParts } from '../jwt-parts.js'
import type { SlowHashes } from '../slow-hashes.js'

/** In this thread, as native code where there is some: one guess after the other. */
export const nativeHashes: SlowHashes = { verify }

function verify({ scheme, text }: HashString, password: Uint8Array): boolean | Promise<boolean> {
  const bytes = Buffer.from(password.buffer, password.byteOffset, password.byteLength)
  // 2y and 2b are one algorithm; the library reads the second name only.
  if (scheme === 'bcrypt') return bcrypt.compareSync(bytes, text.replace(/^\$2y/, '$2b'))
  if (scheme === 'scrypt') return verifyScrypt(text, bytes)
  if (scheme === 'argon2id') return argon2Verify({ password, hash: text })
  if (scheme === 'jwt') return verifyJwt(text, bytes)
  throw new TypeError(`${scheme} is not tried one by one`)
}

function verifyScrypt(text: string, password: Buffer): boolean {
  const [, n, r, p, salt = '', hash = ''] = text.split(':')
  const expected = Buffer.from(hash, 'base64')
  const options = { N: Number(n), r: Number(r), p: Number(p) }
  const maxmem = 256 * options.N * options.r
  const actual = scryptSync(password, Buffer.from(salt, 'base64'), expected.length, {
    ...options,
    maxmem,
  })
  return timingSafeEqual(actual, expected)
}

/** Taking a token apart takes longer than the signature, and there are many guesses for one token. */
let lastToken: { token: string; parts: JwtParts } | undefined

function verifyJwt(token: string, secret: Buffer): boolean {
  const parts = lastToken?.token === token ? lastToken.parts : jwtParts(token)
  if (!parts) return false
  lastToken = { token, parts }
  const mac = createHmac(parts.hash, secret).update(parts.signed)
  return mac.digest('base64url') === parts.signature
}
