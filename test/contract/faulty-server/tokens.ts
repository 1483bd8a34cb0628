import { createSecretKey, type KeyObject, randomBytes, randomUUID } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { Problem } from './problem.js'
import { type Mistakes, switchable } from './switchable.js'

type TokenType = 'access' | 'refresh'

/** Whose token it is: the user, and the login that it came from. */
export interface Owner {
  readonly sub: string | undefined
  readonly email: string
  readonly sid: string
}

/** Times in seconds since 1970 (RFC 7519, section 4.1). */
export interface Claims extends Owner {
  readonly type: TokenType
  readonly iat: number
  readonly exp?: number
}

const WHOSE = { issuer: 'login-tutorial', audience: 'login-tutorial' }

type Secret = string | KeyObject

// #region secret-in-source
/** A string has a second price: jsonwebtoken tries to read it as a PEM file at every call. */
const newSecret = switchable<() => Secret>('secret-in-source', {
  wrong: () => 'secret',
  right: () => createSecretKey(randomBytes(32)),
})
// #endregion secret-in-source

// #region endless-token
const lifetime = switchable<(seconds: number) => { expiresIn?: number }>('endless-token', {
  wrong: () => ({}),
  right: (seconds) => ({ expiresIn: seconds }),
})
// #endregion endless-token

// #region algorithm-from-header
type Verify = (token: string, secret: Secret) => unknown

const verifySignature = switchable<Verify>('algorithm-from-header', {
  wrong(token, secret) {
    const alg = (jwt.decode(token, { complete: true })?.header.alg ?? 'none') as jwt.Algorithm
    const key = alg === 'none' ? '' : secret
    return jwt.verify(token, key, { ...WHOSE, algorithms: [alg] })
  },
  right(token, secret) {
    return jwt.verify(token, secret, { ...WHOSE, algorithms: ['HS256'] })
  },
})
// #endregion algorithm-from-header

// #region decode-instead-of-verify
const readToken = switchable<(token: string, verify: (token: string) => unknown) => unknown>(
  'decode-instead-of-verify',
  {
    wrong: (token) => jwt.decode(token),
    right: (token, verify) => verify(token),
  },
)
// #endregion decode-instead-of-verify

// #region refresh-as-access
const checkType = switchable<(claims: Claims, type: TokenType) => void>('refresh-as-access', {
  wrong: () => undefined,
  right(claims, type) {
    if (claims.type !== type) throw invalidToken(`This is no ${type} token.`)
  },
})
// #endregion refresh-as-access

export interface Tokens {
  sign(type: TokenType, owner: Owner, seconds: number): string
  /** @throws {Problem} `invalid_credential`, `expired_credential` */
  verify(token: string, type: TokenType | 'any'): Claims
}

export function createTokens(mistakes: Mistakes): Tokens {
  const secret = newSecret(mistakes)()
  return {
    sign(type, { sub, email, sid }, seconds) {
      const claims = { sub, email, sid, type, jti: randomUUID() }
      return jwt.sign(claims, secret, { ...WHOSE, ...lifetime(mistakes)(seconds) })
    },
    verify(token, type) {
      const claims = orRefuse(() =>
        readToken(mistakes)(token, (it) => verifySignature(mistakes)(it, secret)),
      )
      if (type !== 'any') checkType(mistakes)(claims, type)
      return claims
    },
  }
}

function orRefuse(read: () => unknown): Claims {
  let claims: unknown
  try {
    claims = read()
  } catch (error) {
    if (!(error instanceof jwt.TokenExpiredError))
      throw invalidToken('The token was not signed here.')
    throw new Problem('expired_credential', { detail: 'The token has expired.' })
  }
  if (typeof claims !== 'object' || claims === null) throw invalidToken('The token has no claims.')
  return claims as Claims
}

function invalidToken(detail: string): Problem {
  return new Problem('invalid_credential', { detail })
}
