import { createHmac, hkdfSync, type KeyObject } from 'node:crypto'
import type { SigningKey } from '../key-ring.js'

/**
 * The `jti` of the one token that can replace a refresh token under the policy `same-successor`. The store keeps only
 * hashes of tokens, so the server derives the next `jti` from the old `jti`, with a key that nobody else has.
 *
 * The result is a UUID of version 8 (RFC 9562, section 5.8), which leaves 122 bits to its maker.
 *
 * @param signedWith the key that signed the old token: it stays the same as long as the server accepts that token, at
 *   every instance, and also after another key has begun to sign
 */
export function successorOf(jti: string, { signWith }: Pick<SigningKey, 'signWith'>): string {
  const bytes = createHmac('sha256', successorKey(signWith)).update(jti).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** A key for this purpose only (RFC 5869, section 3.2), so it reveals nothing about the key that signs. */
function successorKey(signWith: KeyObject): Buffer {
  const secret =
    signWith.type === 'secret'
      ? signWith.export()
      : signWith.export({ format: 'der', type: 'pkcs8' })
  return Buffer.from(hkdfSync('sha256', secret, '', 'session-vs-jwt: jti of a successor', 32))
}
