import { argon2Verify, bcryptVerify, scrypt } from 'hash-wasm'
import { utf8 } from './bytes.js'
import { hmac } from './digests.js'
import type { HashString } from './hash-string.js'
import { jwtParts } from './jwt-parts.js'
import type { SlowHashes } from './slow-hashes.js'

/** In WebAssembly, as a page has them: slower than native code, and the same answers. */
export const browserHashes: SlowHashes = { verify }

async function verify({ scheme, text }: HashString, password: Uint8Array): Promise<boolean> {
  if (scheme === 'bcrypt') return bcryptVerify({ password, hash: text.replace(/^\$2y/, '$2b') })
  if (scheme === 'argon2id') return argon2Verify({ password, hash: text })
  if (scheme === 'scrypt') return verifyScrypt(text, password)
  if (scheme === 'jwt') return verifyJwt(text, password)
  throw new TypeError(`${scheme} is not tried one by one`)
}

async function verifyScrypt(text: string, password: Uint8Array): Promise<boolean> {
  const [, n, r, p, salt = '', hash = ''] = text.split(':')
  const actual = await scrypt({
    password,
    salt: fromBase64(salt),
    costFactor: Number(n),
    blockSize: Number(r),
    parallelism: Number(p),
    hashLength: fromBase64(hash).length,
    outputType: 'binary',
  })
  return toBase64(actual) === hash
}

async function verifyJwt(token: string, secret: Uint8Array): Promise<boolean> {
  const parts = jwtParts(token)
  if (!parts) return false
  const mac = await hmac(parts.hash, secret, utf8(parts.signed))
  return (
    toBase64(mac).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '') === parts.signature
  )
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (it) => it.charCodeAt(0))
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}
