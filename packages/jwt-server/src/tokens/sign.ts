import type { JwtContext, JwtPorts, TokenDeps } from '../ports.js'
import { inSeconds, type TokenClaims } from './claims.js'

/** Whose token it is. A strategy without families has no `sid`, and only an access token has a `gen`. */
export type TokenOwner = Pick<TokenClaims, 'sub' | 'email' | 'sid' | 'gen'>

/**
 * Signs an access token. It never outlives the refresh token that it comes with: when a login is over,
 * so is everything that came from it.
 *
 * @param now in milliseconds since 1970
 * @param refreshExp the `exp` of that refresh token, in seconds
 */
export function signAccessToken(
  ctx: JwtContext,
  owner: TokenOwner,
  now: number,
  refreshExp: number,
  { config, newId }: TokenDeps,
): string {
  const iat = inSeconds(now)
  const exp = Math.min(iat + config.accessSeconds, refreshExp)
  const { gen } = owner
  const claims = { ...ownerOf(owner), ...(gen !== undefined && { gen }) }
  return sign(ctx, { ...claims, iat, exp, jti: newId(), type: 'access' }, config)
}

/**
 * Signs a refresh token. Its `jti` is what the store recognises it by.
 *
 * @param now in milliseconds since 1970, as is `liveUntil`, when the token expires
 */
export function signRefreshToken(
  ctx: JwtContext,
  owner: TokenOwner,
  jti: string,
  now: number,
  liveUntil: number,
  { config }: TokenDeps,
): string {
  const times = { iat: inSeconds(now), exp: inSeconds(liveUntil) }
  return sign(ctx, { ...ownerOf(owner), ...times, jti, type: 'refresh' }, config)
}

/** Signs a JWT (RFC 7519, section 7.1) as a JWS in compact form (RFC 7515, section 3.1). */
export function sign(
  { ports }: { readonly ports: Pick<JwtPorts, 'jwt'> },
  claims: Omit<TokenClaims, 'iss' | 'aud'>,
  { accessKeys, refreshKeys, issuer, audience }: TokenDeps['config'],
): string {
  const { current: key } = claims.type === 'access' ? accessKeys : refreshKeys
  const payload = { ...claims, iss: issuer, aud: audience }
  return ports.jwt.sign(payload, key.signWith, { algorithm: key.algorithm, keyid: key.kid })
}

function ownerOf({ sub, email, sid }: TokenOwner): TokenOwner {
  return { sub, email, ...(sid !== undefined && { sid }) }
}
