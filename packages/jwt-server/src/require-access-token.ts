import { type Clock, type Identity, parseBearer } from '@session-vs-jwt/http-kit'
import type { Revocation } from './config.js'
import type { JwtMiddleware } from './ports.js'
import { challenge, type TokenClaims } from './token.js'

/**
 * Lets a request pass that has a valid access token, and says who sends it. No store is asked.
 *
 * @throws {Problem} `missing_credential`, `invalid_credential`, `expired_credential`
 */
export function requireAccessToken(clock: Clock): JwtMiddleware {
  return async (ctx, next) => {
    const token = parseBearer(ctx.headers.authorization)
    ctx.state.identity = identityFrom(ctx.ports.accessTokens.verify(token, clock()))
    await next()
  }
}

/** What a strategy asks beyond the signature; for most it is nothing. */
export function checkRevocation(revocation: Revocation): JwtMiddleware {
  if (revocation === 'denylist') return refuseDenied
  if (revocation === 'user-lookup') return refuseUnknownUser
  return (_ctx, next) => next()
}

const refuseDenied: JwtMiddleware = async (ctx, next) => {
  const { userId, deviceId } = ctx.state.identity as Identity
  // A token of a strategy without families cannot be revoked, so this one does not take it.
  if (deviceId === undefined || (await ctx.ports.families?.isDenied(userId, deviceId))) {
    throw challenge('invalid_credential', 'The token was revoked.')
  }
  await next()
}

const refuseUnknownUser: JwtMiddleware = async (ctx, next) => {
  const { userId } = ctx.state.identity as Identity
  if (!(await ctx.ports.users.findById(userId))) {
    throw challenge('invalid_credential', 'This user does not exist.')
  }
  await next()
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
