/** Who sends a request, as the contract shows it; what a session keeps. */
export interface Whoami {
  readonly id: string
  readonly email: string
  readonly issuedAt: string
  readonly expiresAt: string
}

/** Claims of a token (RFC 7519), as far as whoami reads them. */
export interface Claims {
  readonly sub: string
  readonly email: string
  readonly iat: number
  readonly exp: number
}

export function whoamiOfClaims({ sub, email, iat, exp }: Claims): Whoami {
  return { id: sub, email, issuedAt: isoTime(iat), expiresAt: isoTime(exp) }
}

/** A session that begins now. */
export function newWhoami(id: string, email: string): Whoami {
  const now = Date.now() / 1_000
  return { id, email, issuedAt: isoTime(now), expiresAt: isoTime(now + SESSION_SECONDS) }
}

export const SESSION_SECONDS = 28_800
export const TOKEN_SECONDS = 300

function isoTime(seconds: number): string {
  return new Date(seconds * 1_000).toISOString()
}
