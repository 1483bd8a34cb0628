import { paths, Problem } from '@session-vs-jwt/http-contract'
import { type KeyRing, publicJwks } from '../key-ring.js'
import type { JwtMiddleware } from '../ports.js'

/** `GET /.well-known/jwks.json`: the keys with which anybody can verify our access tokens (RFC 7517). */
export function jwks(accessKeys: KeyRing): JwtMiddleware {
  const keySet = publicJwks(accessKeys)
  return (ctx) => {
    if (keySet.keys.length === 0) {
      throw new Problem('not_found', {
        detail: `${paths.jwks} exists with RS256 or ES256; the key of HS256 is a secret.`,
      })
    }
    // Public, and asked for by every verifier: it may be cached.
    ctx.set('Cache-Control', 'public, max-age=300')
    ctx.body = keySet
  }
}
