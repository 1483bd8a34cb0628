/** A token that was signed with a shared secret, taken apart (RFC 7515, section 3.1). */
export interface JwtParts {
  readonly hash: 'sha256' | 'sha384' | 'sha512'
  /** Header and payload as they stand: what the signature is of. */
  readonly signed: string
  readonly signature: string
  readonly payload: string
}

const HASH_BY_ALGORITHM: Readonly<Record<string, JwtParts['hash']>> = {
  HS256: 'sha256',
  HS384: 'sha384',
  HS512: 'sha512',
}

/** Gives nothing for what is no token, or is not signed with a secret (RFC 7518, section 3.2). */
export function jwtParts(token: string): JwtParts | undefined {
  const [header = '', payload, signature, ...more] = token.split('.')
  if (payload === undefined || !signature || more.length > 0) return undefined
  const hash = HASH_BY_ALGORITHM[algorithmOf(header) ?? '']
  return (
    hash && { hash, signed: `${header}.${payload}`, signature, payload: decoded(payload) ?? '' }
  )
}

/** What the header says it is signed with. */
export function algorithmOf(header: string): string | undefined {
  try {
    const { alg } = JSON.parse(decoded(header) ?? '') as { alg?: unknown }
    return typeof alg === 'string' ? alg : undefined
  } catch {
    return undefined
  }
}

function decoded(base64url: string): string | undefined {
  try {
    const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
    return new TextDecoder().decode(Uint8Array.from(binary, (it) => it.charCodeAt(0)))
  } catch {
    return undefined
  }
}
