import { Problem } from '@session-vs-jwt/http-contract'

/** Tells a client without a token what to send: a `WWW-Authenticate` value (RFC 6750, section 3). */
export const CHALLENGE = 'Bearer realm="jwt-server"'

/** The token isn't one of ours, or doesn't count any more (RFC 6750, section 3.1). */
export function invalidToken(detail: string, cause?: unknown): Problem {
  return refused('invalid_credential', detail, cause)
}

/** The token is past its `exp` (RFC 7519, section 4.1.4). */
export function expiredToken(cause?: unknown): Problem {
  return refused('expired_credential', 'The token has expired.', cause)
}

/** A refresh token that was spent before came again (RFC 9700, section 4.14.2). */
export function reusedToken(): Problem {
  return refused('reused_credential', 'The refresh token was spent; its family has been ended.')
}

/** A refresh token was spent a moment ago, and the policy forgives that: its family lives on. */
export function replacedToken(): Problem {
  return refused('replaced_credential', 'The refresh token was replaced a moment ago.')
}

type RefusedCode = `${'invalid' | 'expired' | 'reused' | 'replaced'}_credential`

/** A 401 whose challenge says what is wrong, and never repeats the token. */
function refused(code: RefusedCode, detail: string, cause?: unknown): Problem {
  const challenge = `${CHALLENGE}, error="invalid_token", error_description="${detail}"`
  return new Problem(code, { detail, headers: { 'WWW-Authenticate': challenge }, cause })
}
