import { createHash } from 'node:crypto'
import type { PresentedToken, RotationResult } from '../stores/refresh-family-store.js'
import type { TokenClaims } from './claims.js'
import { invalidToken, replacedToken, reusedToken } from './token-errors.js'

/** What the store keeps of a refresh token: enough to recognise it, too little to forge it. */
export function hashOf(jti: string): string {
  return createHash('sha256').update(jti).digest('base64url')
}

/**
 * A refresh token as the store knows it.
 *
 * @throws {Problem} `invalid_credential` for a token without a family, which another strategy has signed
 */
export function presented({ sub, sid, jti }: TokenClaims): PresentedToken {
  if (sid === undefined) throw loginEnded()
  return { userId: sub, familyId: sid, tokenHash: hashOf(jti) }
}

/**
 * Refuses a refresh token that the store didn't exchange for another one (RFC 9700, section 4.14.2).
 *
 * @throws {Problem} `reused_credential`, `replaced_credential`, `invalid_credential`
 */
export function refuseUnlessExchanged(
  result: RotationResult,
): asserts result is Exclude<RotationResult, { outcome: 'refuse' | 'end' | 'gone' }> {
  if (result.outcome === 'refuse') throw replacedToken()
  if (result.outcome === 'end') throw reusedToken()
  if (result.outcome === 'gone') throw loginEnded()
}

function loginEnded() {
  return invalidToken('The login was ended.')
}
