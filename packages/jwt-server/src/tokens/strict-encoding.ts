import type { Jwt } from 'jsonwebtoken'
import type { SigningKey } from '../key-ring.js'
import { invalidToken } from './token-errors.js'

/**
 * Hardening: a token counts only in the one form in which its signer writes it. Parsers forgive a lot
 * and don't agree on it: a name that appears twice, unusual escapes and numbers, bytes that aren't UTF-8
 * (RFC 7519, sections 4 and 7.2; RFC 8725, section 2.4), and bits behind the last byte of base64url
 * (RFC 4648, section 3.5). Nothing of that survives being written again.
 *
 * @throws {Problem} `invalid_credential`
 */
export function checkStrictEncoding(
  token: string,
  { header }: Pick<SigningKey, 'header'>,
  { payload, signature }: Pick<Jwt, 'payload' | 'signature'>,
): void {
  const body = Buffer.from(JSON.stringify(payload)).toString('base64url')
  const bytes = Buffer.from(signature, 'base64url').toString('base64url')
  if (token === `${header}.${body}.${bytes}`) return
  throw invalidToken('The token is not in the form in which its signer writes it.')
}
