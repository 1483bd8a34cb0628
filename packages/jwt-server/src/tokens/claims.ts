import { z } from 'zod'
import { expiredToken, invalidToken } from './token-errors.js'

export type TokenType = 'access' | 'refresh'

/** The claims of our tokens; times in seconds since 1970 (RFC 7519, section 4.1). */
export interface TokenClaims {
  readonly sub: string
  readonly email: string
  readonly type: TokenType
  readonly iat: number
  readonly exp: number
  readonly iss: string
  readonly aud: string
  readonly jti: string
  /** The refresh family that the token belongs to; missing if the strategy stores none. */
  readonly sid?: string | undefined
  /** The user's generation in which an access token was issued, with the strategy `jwt-valid-after`. */
  readonly gen?: number | undefined
}

/** The largest NumericDate that a JavaScript `Date` can represent. */
const time = z.int().min(0).max(8_640_000_000_000)

const claimsSchema = z.strictObject({
  sub: z.uuid(),
  email: z.string(),
  type: z.enum(['access', 'refresh']),
  iat: time,
  exp: time,
  iss: z.string(),
  aud: z.string(),
  jti: z.uuid(),
  sid: z.uuid().optional(),
  gen: z.int().min(0).optional(),
})

/**
 * Checks what jsonwebtoken doesn't ask for: that every claim is there, that none is unknown, and that the
 * token is of the `type` that this route takes, so a refresh token can't pass for an access token
 * (RFC 8725, sections 3.11 and 3.12). The type is defence in depth, because each type has different keys.
 *
 * @throws {Problem} `invalid_credential`
 */
export function checkClaims(payload: unknown, type: TokenType): TokenClaims {
  const { success, data } = claimsSchema.safeParse(payload)
  if (!success) throw invalidToken('A claim is missing, unknown or of the wrong kind.')
  if (data.type !== type)
    throw invalidToken(`Not ${type === 'access' ? 'an access' : 'a refresh'} token.`)
  return data
}

/**
 * Refuses a token that was issued in the future. RFC 7519, section 4.1.6, leaves `iat` to the application.
 *
 * @param now in seconds since 1970
 * @throws {Problem} `invalid_credential`
 */
export function checkIssuedAt({ iat }: TokenClaims, now: number, clockTolerance: number): void {
  if (iat > now + clockTolerance) throw invalidToken('The token was issued in the future.')
}

/**
 * Refuses a token from its `exp` on (RFC 7519, section 4.1.4).
 *
 * @param now in seconds since 1970
 * @throws {Problem} `expired_credential`
 */
export function checkExpiry({ exp }: TokenClaims, now: number, clockTolerance: number): void {
  if (now >= exp + clockTolerance) throw expiredToken()
}

/** A NumericDate: whole seconds since 1970 (RFC 7519, section 2). */
export function inSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000)
}
