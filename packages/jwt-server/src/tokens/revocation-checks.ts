import type { Revocation } from '../config.js'
import type { JwtContext } from '../ports.js'
import type { TokenClaims } from './claims.js'
import { invalidToken } from './token-errors.js'

/** @throws {Problem} `invalid_credential` for a token that was revoked */
export type RevocationCheck = (ctx: JwtContext, claims: TokenClaims) => Promise<void>

/** What each strategy looks up to find out that a valid token was revoked. `none` looks nothing up. */
export const revocationChecks: Readonly<Record<Revocation, RevocationCheck | undefined>> = {
  none: undefined,
  denylist: refuseDenied,
  'valid-after': refuseEarlierGeneration,
  'user-lookup': refuseUnknownUser,
}

async function refuseDenied(ctx: JwtContext, { sub, sid }: TokenClaims): Promise<void> {
  // Without a family, a token can't be revoked, so this strategy doesn't accept it.
  if (sid === undefined || (await ctx.ports.families?.isDenied(sub, sid))) {
    throw invalidToken('The token was revoked.')
  }
}

/** A token that another strategy has signed belongs to the first generation. */
async function refuseEarlierGeneration(
  ctx: JwtContext,
  { sub, gen = 0 }: TokenClaims,
): Promise<void> {
  const generation = (await ctx.ports.families?.generationOf(sub)) ?? 0
  if (gen < generation) throw invalidToken('The token was revoked.')
}

async function refuseUnknownUser(ctx: JwtContext, { sub }: TokenClaims): Promise<void> {
  if (!(await ctx.ports.users.findById(sub))) throw invalidToken('This user does not exist.')
}
