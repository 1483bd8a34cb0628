import { normalizeEmail } from '@session-vs-jwt/users'
import { Problem } from '@session-vs-jwt/http-contract'
import { BASIC_CHALLENGE } from './problem-details.js'

export interface BasicCredentials {
  readonly email: string
  readonly password: string
}

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i
/** A user id without control characters (RFC 7617, section 2); whatever follows the first colon. */
const USER_PASS = /^([^\p{Cc}:]*):(.*)$/su
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i

/**
 * Email and password of a Basic header (RFC 7617). The first colon ends the user id; the password may
 * hold more of them, and any character that a registered password can hold.
 *
 * @throws {Problem} `missing_credential`, `invalid_credential`
 */
export function parseBasic(header: string | undefined): BasicCredentials {
  const headers = { 'WWW-Authenticate': BASIC_CHALLENGE }
  if (header === undefined) {
    throw new Problem('missing_credential', { detail: 'Send "Authorization: Basic …".', headers })
  }
  const text = decodeBase64(BASIC.exec(header)?.[1] ?? '')
  const [, userId, password] = USER_PASS.exec(text ?? '') ?? []
  if (userId === undefined || password === undefined) {
    throw new Problem('invalid_credential', {
      detail: 'The Authorization header is not "Basic " and base64 of "email:password" in UTF-8.',
      headers,
    })
  }
  return { email: normalizeEmail(userId), password }
}

/** `undefined` for what is not canonical base64 of UTF-8, where `Buffer` alone would guess. */
function decodeBase64(encoded: string): string | undefined {
  const bytes = Buffer.from(encoded, 'base64')
  const padded = bytes.toString('base64')
  if (encoded !== padded && encoded !== padded.replace(/=+$/, '')) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * The token of a Bearer header (RFC 6750, section 2.1).
 *
 * @throws {Problem} `missing_credential`, `invalid_credential`
 */
export function parseBearer(header: string | undefined): string {
  if (header === undefined) {
    throw new Problem('missing_credential', { detail: 'Send "Authorization: Bearer …".' })
  }
  const token = BEARER.exec(header)?.[1]
  if (token === undefined) {
    throw new Problem('invalid_credential', {
      detail: 'The Authorization header is not "Bearer " and a token.',
    })
  }
  return token
}
