/** A header of answers that says something to a client. */
export interface AnswerHeaderText {
  readonly name: string
  readonly description: string
  readonly required: boolean
  /** JSON Schema of the value. */
  readonly schema: Readonly<Record<string, unknown>>
  readonly example: string | number
}

export type AnswerHeader =
  | 'noStore'
  | 'fiveMinutes'
  | 'location'
  | 'newCookie'
  | 'renewedCookie'
  | 'endedCookie'
  | 'cookieChallenge'
  | 'bearerChallenge'
  | 'loginChallenge'
  | 'retryAfter'
  | 'acceptEncoding'

const COOKIE = String.raw`^(__Host-)?sid(\.sig)?=`

/** The headers that matter, each with what it means. */
export const answerHeaders: Readonly<Record<AnswerHeader, AnswerHeaderText>> = {
  noStore: {
    name: 'Cache-Control',
    description: 'Answers carry credentials and what they open: no cache may keep one.',
    required: true,
    schema: { type: 'string', const: 'no-store' },
    example: 'no-store',
  },
  fiveMinutes: {
    name: 'Cache-Control',
    description: 'Public, and the same for everybody.',
    required: true,
    schema: { type: 'string', const: 'public, max-age=300' },
    example: 'public, max-age=300',
  },
  location: {
    name: 'Location',
    description: 'Where the new resource is.',
    required: true,
    schema: { type: 'string', format: 'uri-reference' },
    example: '/posts/019b7cae-345f-7c21-9d04-5e6f7a8b9c0d',
  },
  newCookie: {
    name: 'Set-Cookie',
    description:
      'The session: HttpOnly, SameSite=Lax, Path=/, no Domain. Over https it is named `__Host-sid` ' +
      'and Secure. A server whose cookie carries the session sends a second one, `sid.sig`.',
    required: true,
    schema: { type: 'string', pattern: COOKIE },
    example: 'sid=Be3o_zp48TCXngkh0Lwm83CL6Y4eYh_0byhgHo-oUNk; path=/; samesite=lax; httponly',
  },
  renewedCookie: {
    name: 'Set-Cookie',
    description: 'Where the cookie itself carries the session, it comes anew with the deadline.',
    required: false,
    schema: { type: 'string', pattern: COOKIE },
    example: 'sid=eyJ1c2VySWQiOiIwMTliN2NhOS04ZjJlIn0; path=/; samesite=lax; httponly',
  },
  endedCookie: {
    name: 'Set-Cookie',
    description: 'Takes the cookie out of the browser.',
    required: true,
    schema: { type: 'string', pattern: COOKIE },
    example: 'sid=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; samesite=lax; httponly',
  },
  cookieChallenge: {
    name: 'WWW-Authenticate',
    description: 'Which cookie is missing, and where to get it (draft-broyer-http-cookie-auth).',
    required: true,
    schema: { type: 'string', pattern: '^Cookie ' },
    example: 'Cookie realm="session-server", form-action="/auth/login/email", cookie-name="sid"',
  },
  bearerChallenge: {
    name: 'WWW-Authenticate',
    description: 'That a Bearer token is wanted, and what was wrong with the one sent (RFC 6750).',
    required: true,
    schema: { type: 'string', pattern: '^Bearer ' },
    example:
      'Bearer realm="jwt-server", error="invalid_token", ' +
      'error_description="The token has expired."',
  },
  loginChallenge: {
    name: 'WWW-Authenticate',
    description: 'That email and password are wanted, in UTF-8 (RFC 7617).',
    required: true,
    schema: { type: 'string', pattern: '^Basic ' },
    example: 'Basic realm="login", charset="UTF-8"',
  },
  retryAfter: {
    name: 'Retry-After',
    description: 'Seconds after which another try can succeed.',
    required: true,
    schema: { type: 'integer', minimum: 1 },
    example: 2,
  },
  acceptEncoding: {
    name: 'Accept-Encoding',
    description: 'Bodies are taken as they are, not compressed (RFC 9110, section 12.5.3).',
    required: false,
    schema: { type: 'string', const: 'identity' },
    example: 'identity',
  },
}
