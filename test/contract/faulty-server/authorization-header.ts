import { BASIC_CHALLENGE, Problem } from './problem.js'
import { normalizeEmail } from './requests.js'
import { type Mistakes, switchable } from './switchable.js'

interface UserPass {
  readonly email: string | undefined
  readonly password: string | undefined
}

// #region split-colon
const splitUserPass = switchable<(decoded: string) => UserPass>('split-colon', {
  wrong(decoded) {
    const [email, password] = decoded.split(':')
    return { email, password }
  },
  right(decoded) {
    // A user id has no colon, a password may have many (RFC 7617, section 2).
    const [, email, password] = /^([^:]*):(.*)$/su.exec(decoded) ?? []
    return { email, password }
  },
})
// #endregion split-colon

/** Email and password of a Basic header. */
export function parseBasic(header: string | undefined, mistakes: Mistakes) {
  const headers = { 'WWW-Authenticate': BASIC_CHALLENGE }
  if (header === undefined) throw new Problem('missing_credential', { headers })
  const base64 = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header)?.[1] ?? ''
  const { email, password } = splitUserPass(mistakes)(decodeBase64(base64))
  if (email === undefined || password === undefined || /\p{Cc}/u.test(email)) {
    throw new Problem('invalid_credential', { headers })
  }
  return { email: normalizeEmail(email), password }
}

/** Empty for what is not base64 of UTF-8, where `Buffer` alone would guess. */
function decodeBase64(encoded: string): string {
  const bytes = Buffer.from(encoded, 'base64')
  const padded = bytes.toString('base64')
  if (encoded !== padded && encoded !== padded.replace(/=+$/, '')) return ''
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return ''
  }
}

/** The token of a Bearer header (RFC 6750, section 2.1). */
export function parseBearer(header: string | undefined): string {
  if (header === undefined) throw new Problem('missing_credential')
  const token = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(header)?.[1]
  if (token === undefined) throw new Problem('invalid_credential')
  return token
}
