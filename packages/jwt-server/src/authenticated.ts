import { type Identity, parseBearer } from '@session-vs-jwt/http-edge'
import type { JwtMiddleware, TokenDeps } from './ports.js'
import type { TokenClaims } from './tokens/claims.js'
import { rememberVerified, type VerifyToken } from './tokens/remember-verified.js'
import { revocationChecks } from './tokens/revocation-checks.js'
import { verify } from './tokens/verify.js'

/**
 * The guard of private routes: lets a request pass that carries a valid access token (RFC 6750, section 2.1)
 * which wasn't revoked, and tells the handler who sends it.
 *
 * @throws {Problem} `missing_credential`, `invalid_credential`, `expired_credential`
 */
export function authenticated(deps: TokenDeps): JwtMiddleware {
  const { config } = deps
  const verifyAlways: VerifyToken = (ctx, token) => verify(ctx, token, 'access', deps)
  const verifyToken = config.rememberVerified ? rememberVerified(verifyAlways, deps) : verifyAlways
  const refuseRevoked = revocationChecks[config.revocation]
  return async (ctx, next) => {
    const claims = verifyToken(ctx, parseBearer(ctx.headers.authorization))
    if (refuseRevoked) await refuseRevoked(ctx, claims)
    ctx.state.identity = identityFrom(claims)
    await next()
  }
}

function identityFrom({ sub, email, iat, exp, sid }: TokenClaims): Identity {
  return {
    userId: sub,
    email,
    issuedAt: new Date(iat * 1000),
    expiresAt: new Date(exp * 1000),
    deviceId: sid,
  }
}
