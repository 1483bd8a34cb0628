import { createHmac } from 'node:crypto'

const REFRESH_SECONDS = 3600
const SECRET = 'the secret of a tutorial'

/** A token in JWS compact serialisation, signed with HS256 (RFC 7515). */
export function signedToken(payload: object, secret: string | Buffer): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(payload)}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

/** One user's refresh tokens of two logins: header and user come first and are the same. */
export function twoRefreshTokens(): [string, string] {
  const user = {
    sub: '0199a1f0-0000-7000-8000-000000000001',
    email: 'mia@example.org',
    type: 'refresh',
  }
  const now = Math.floor(Date.now() / 1000)
  const token = (iat: number, jti: string): string =>
    signedToken({ ...user, iat, exp: iat + REFRESH_SECONDS, jti }, SECRET)
  return [token(now - 60, 'first-login'), token(now, 'second-login')]
}
