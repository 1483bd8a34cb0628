import { createHmac, hkdfSync, type KeyObject } from 'node:crypto'
import jwt from 'jsonwebtoken'
import type { KeyRing } from './key-ring.js'

/**
 * The `jti` of the token that the policy `same-successor` gives for `token`, however often it is asked. The store
 * keeps only hashes, so the server derives the `jti` from the one before, with a key that nobody else has.
 *
 * That key comes from the key that signed `token` (HKDF, RFC 5869): it is the same as long as `token` can be verified,
 * at every instance, and also after another key was put in front of the ring. The result is a UUID of version 8
 * (RFC 9562, section 5.8), which leaves 122 bits to its maker.
 *
 * @param token a token that `keys` have verified
 * @param jti its `jti`
 */
export function successorId(token: string, jti: string, keys: KeyRing): string {
  const kid = jwt.decode(token, { complete: true })?.header.kid ?? ''
  const { signWith } = keys.byKid.get(kid) ?? keys.current
  const bytes = createHmac('sha256', successorKey(signWith)).update(jti).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** A key with a purpose of its own: what it makes says nothing about the key that signs. */
function successorKey(signWith: KeyObject): Buffer {
  const secret =
    signWith.type === 'secret'
      ? signWith.export()
      : signWith.export({ format: 'der', type: 'pkcs8' })
  return Buffer.from(hkdfSync('sha256', secret, '', 'session-vs-jwt: jti of a successor', 32))
}
