import { BASIC_CHALLENGE, Problem } from './problem.js'
import { normalizeEmail } from './request-shapes.js'

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i

/** A user id has neither colon nor control character; all behind the first colon is the password. */
const USER_PASS = /^([^\p{Cc}:]*):(.*)$/su

/**
 * Email and password of an `Authorization` header (RFC 7617, section 2).
 *
 * @throws {Problem} with 401
 */
export function parseBasic(header: string | undefined): { email: string; password: string } {
  const headers = { 'WWW-Authenticate': BASIC_CHALLENGE }
  if (header === undefined) throw new Problem('missing_credential', { headers })
  const [, email, password] = USER_PASS.exec(decodeBase64(BASIC.exec(header)?.[1] ?? '')) ?? []
  if (email === undefined || password === undefined) {
    throw new Problem('invalid_credential', { headers })
  }
  return { email: normalizeEmail(email), password }
}

/** Empty for what is no UTF-8. */
function decodeBase64(encoded: string): string {
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    return decoder.decode(Buffer.from(encoded, 'base64'))
  } catch {
    return ''
  }
}
