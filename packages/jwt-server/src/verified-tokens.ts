import type { PortsFor } from '@session-vs-jwt/http-kit'
import { LRUCache } from 'lru-cache'
import { checkTimes, type TokenClaims, type TokenSettings, type TokenSigner } from './token.js'

/** Tokens that are remembered at most: about 10 MB. Beyond, the one that came longest ago is forgotten. */
const REMEMBERED = 10_000

/**
 * `tokens`, which checks a token as a whole once. Signature, algorithm, issuer, audience, type and shape
 * of a text do not change, nor do the keys of this server while it runs: of a token that was found good,
 * only the times are compared with the clock again. Whether it was revoked is asked elsewhere, each
 * time. What was refused is not remembered, so nobody without a token fills the memory.
 *
 * All requests share the memory. The trace wraps `tokens` itself, so it shows only real verifications.
 */
export function rememberVerified(
  tokens: PortsFor<TokenSigner>,
  settings: Pick<TokenSettings, 'clockTolerance'>,
  max: number = REMEMBERED,
): PortsFor<TokenSigner> {
  const verified = new LRUCache<string, TokenClaims>({ max })
  return (trace) => {
    const signer = tokens(trace)
    return {
      sign: (claims) => signer.sign(claims),
      verify: (token, now) => {
        const known = verified.get(token)
        if (known) return checkTimes(known, now, settings)
        const claims = signer.verify(token, now)
        verified.set(token, claims)
        return claims
      },
    }
  }
}
