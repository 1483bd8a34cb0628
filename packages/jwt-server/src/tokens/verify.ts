import type { Jwt } from 'jsonwebtoken'
import type { KeyRing, SigningKey } from '../key-ring.js'
import type { JwtPorts, TokenDeps } from '../ports.js'
import {
  checkClaims,
  checkIssuedAt,
  inSeconds,
  type TokenClaims,
  type TokenType,
} from './claims.js'
import { checkStrictEncoding } from './strict-encoding.js'
import { expiredToken, invalidToken } from './token-errors.js'

type Verifier = Pick<JwtPorts, 'jwt'>

/**
 * The claims of a token of this `type` that this server has signed and that counts now
 * (RFC 7519, section 7.2, with what RFC 8725 adds).
 *
 * @throws {Problem} `invalid_credential`, `expired_credential`
 */
export function verify(
  { ports }: { readonly ports: Verifier },
  token: string,
  type: TokenType,
  { config, clock }: Pick<TokenDeps, 'config' | 'clock'>,
): TokenClaims {
  const now = inSeconds(clock().getTime())
  const key = keyFor(token, type === 'access' ? config.accessKeys : config.refreshKeys)
  const verified = checkSignature(ports, token, key, now, config)
  checkStrictEncoding(token, key, verified)
  const claims = checkClaims(verified.payload, type)
  checkIssuedAt(claims, now, config.clockTolerance)
  return claims
}

/**
 * The header may name one of our keys. It decides nothing: key and algorithm belong together, and a header
 * that we wouldn't write ourselves is refused (RFC 8725, sections 3.1 and 3.10).
 *
 * @throws {Problem} `invalid_credential`
 */
export function keyFor(token: string, keys: KeyRing): SigningKey {
  const key = keys.byHeader.get(token.slice(0, token.indexOf('.')))
  if (key) return key
  throw invalidToken(
    'The header names no key and algorithm of this server, or has unknown members.',
  )
}

/** Signature, `exp`, `iss` and `aud` (RFC 7515, section 5.2; RFC 7519, section 4.1). */
function checkSignature(
  { jwt }: Verifier,
  token: string,
  { verifyWith, algorithm }: SigningKey,
  clockTimestamp: number,
  { issuer, audience, clockTolerance }: TokenDeps['config'],
): Jwt {
  try {
    return jwt.verify(token, verifyWith, {
      complete: true,
      algorithms: [algorithm],
      issuer,
      audience,
      clockTimestamp,
      clockTolerance,
    })
  } catch (error) {
    if (error instanceof jwt.TokenExpiredError) throw expiredToken(error)
    throw invalidToken('Signature, issuer or audience is wrong.', error)
  }
}
