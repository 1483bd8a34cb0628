import { Problem } from '@session-vs-jwt/http-kit'
import jwt from 'jsonwebtoken'
import { z } from 'zod'
import type { KeyRing, SigningKey } from './key-ring.js'

type TokenType = 'access' | 'refresh'

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
  /** The refresh family it belongs to; a strategy without state has none. */
  readonly sid?: string | undefined
}

type NewClaims = Omit<TokenClaims, 'type' | 'iss' | 'aud'>

/** Signs and verifies the tokens of one type. */
export interface TokenSigner {
  sign(claims: NewClaims): string
  /** @throws {Problem} `invalid_credential`, `expired_credential` */
  verify(token: string, now: Date): TokenClaims
}

export interface TokenSettings {
  readonly type: TokenType
  readonly keys: KeyRing
  readonly issuer: string
  readonly audience: string
  /** Seconds by which the clocks of two servers may differ. */
  readonly clockTolerance: number
}

const header = z.strictObject({ alg: z.string(), typ: z.literal('JWT'), kid: z.string() })

/** Seconds that `Date` can hold: whoever signs otherwise, nothing here overflows. */
const time = z.int().min(0).max(8_640_000_000_000)

const claims = z.strictObject({
  sub: z.uuid(),
  email: z.string(),
  type: z.enum(['access', 'refresh']),
  iat: time,
  exp: time,
  iss: z.string(),
  aud: z.string(),
  jti: z.uuid(),
  sid: z.uuid().optional(),
})

/**
 * A signer with everything pinned that RFC 8725 asks for: key and algorithm by `kid`, issuer, audience,
 * type. jsonwebtoken alone takes every algorithm that fits the key, and does not ask for `exp`, look at
 * `iat`, `crit` or `typ`, or notice a claim that is there twice.
 */
export function createTokenSigner(settings: TokenSettings): TokenSigner {
  const { type, keys, issuer, audience } = settings
  return {
    sign: (it) => signToken({ ...it, type, iss: issuer, aud: audience }, keys.current),
    verify: (token, now) => verifyToken(token, now, settings),
  }
}

function signToken(payload: TokenClaims, { kid, algorithm, signWith }: SigningKey): string {
  return jwt.sign(payload, signWith, { algorithm, keyid: kid })
}

function verifyToken(token: string, now: Date, settings: TokenSettings): TokenClaims {
  const [head, body] = readParts(token)
  const key = keyFor(head, settings.keys)
  checkSignature(token, key, secondsOf(now), settings)
  const parsed = claims.safeParse(body)
  if (!parsed.success) throw refused('A claim is missing, unknown or of the wrong kind.')
  if (parsed.data.type !== settings.type) throw refused(`This is no ${settings.type} token.`)
  return checkTimes(parsed.data, now, settings)
}

/**
 * The part of a check that has another outcome later; gives back the claims.
 *
 * @throws {Problem} `invalid_credential`, `expired_credential`
 */
export function checkTimes(
  checked: TokenClaims,
  now: Date,
  { clockTolerance }: Pick<TokenSettings, 'clockTolerance'>,
): TokenClaims {
  const seconds = secondsOf(now)
  if (seconds >= checked.exp + clockTolerance) throw expired()
  if (checked.iat > seconds + clockTolerance) throw refused('The token was issued in the future.')
  return checked
}

function secondsOf(moment: Date): number {
  return Math.floor(moment.getTime() / 1000)
}

/** Header and payload, if the token is written as its signer would write it. */
function readParts(token: string): [head: unknown, body: unknown] {
  const parts = token.split('.')
  const bytes = parts.map((part) => Buffer.from(part, 'base64url'))
  if (parts.length !== 3 || !bytes.every((it, i) => it.toString('base64url') === parts[i])) {
    throw refused('The token is not three parts in base64url.')
  }
  return [readCanonicalJson(bytes[0]), readCanonicalJson(bytes[1])]
}

/**
 * JSON that reads the same for every parser. A name that stands twice, or numbers and escapes in an
 * unusual form, do not survive the way through `JSON.parse` and back.
 */
function readCanonicalJson(bytes: Buffer | undefined): unknown {
  try {
    const value: unknown = JSON.parse(String(bytes))
    // Compared as bytes: what is no UTF-8 has become another text.
    if (bytes?.equals(Buffer.from(JSON.stringify(value)))) return value
  } catch {
    // Told below.
  }
  throw refused('Header or payload is not JSON in canonical form.')
}

/** The header may name a key and its algorithm; it decides nothing (RFC 8725, sections 3.1 and 3.10). */
function keyFor(head: unknown, keys: KeyRing): SigningKey {
  const parsed = header.safeParse(head)
  const key = parsed.success ? keys.byKid.get(parsed.data.kid) : undefined
  if (!key || key.algorithm !== parsed.data?.alg) {
    throw refused('The header names no key and algorithm of this server, or has unknown members.')
  }
  return key
}

function checkSignature(
  token: string,
  key: SigningKey,
  clockTimestamp: number,
  { issuer, audience, clockTolerance }: TokenSettings,
): void {
  try {
    jwt.verify(token, key.verifyWith, {
      algorithms: [key.algorithm],
      issuer,
      audience,
      clockTimestamp,
      clockTolerance,
    })
  } catch (error) {
    if (error instanceof jwt.TokenExpiredError) throw expired(error)
    throw refused('Signature, issuer or audience is wrong.', error)
  }
}

function expired(cause?: unknown): Problem {
  return challenge('expired_credential', 'The token has expired.', cause)
}

function refused(detail: string, cause?: unknown): Problem {
  return challenge('invalid_credential', detail, cause)
}

/** A 401 in the terms of RFC 6750, section 3: what is wrong, never the token itself. */
export function challenge(
  code: `${'invalid' | 'expired' | 'reused' | 'replaced'}_credential`,
  detail: string,
  cause?: unknown,
): Problem {
  const value = `Bearer realm="jwt-server", error="invalid_token", error_description="${detail}"`
  return new Problem(code, { detail, headers: { 'WWW-Authenticate': value }, cause })
}
