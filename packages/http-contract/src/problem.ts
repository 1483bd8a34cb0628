/**
 * Every error that a client can meet: code, status, title (RFC 9457). The code is stable; programs
 * compare it. The text is for people and may change.
 */
const PROBLEMS = {
  malformed_json: [400, 'The body is not JSON'],
  validation_failed: [400, 'The request has invalid fields'],
  password_refused: [400, 'The password is not acceptable'],
  missing_credential: [401, 'A credential is needed'],
  invalid_credential: [401, 'The credential is not valid'],
  expired_credential: [401, 'The credential has expired'],
  reused_credential: [401, 'The credential was spent already'],
  replaced_credential: [401, 'The credential was replaced a moment ago'],
  invalid_credentials: [401, 'Email or password is wrong'],
  wrong_current_password: [403, 'The current password is wrong'],
  forbidden_origin: [403, 'The request comes from a foreign site'],
  not_found: [404, 'There is no such resource'],
  method_not_allowed: [405, 'The method is not allowed here'],
  request_timeout: [408, 'The request took too long'],
  nickname_taken: [409, 'The nickname is taken'],
  email_taken: [409, 'The email is taken'],
  password_changed: [409, 'The password was changed in the meantime'],
  payload_too_large: [413, 'The body is too large'],
  unsupported_media_type: [415, 'The media type is not supported'],
  expectation_failed: [417, 'The expectation cannot be met'],
  too_many_attempts: [429, 'Too many failed attempts'],
  headers_too_large: [431, 'The headers are too large'],
  malformed_request: [400, 'The request is malformed'],
  internal_error: [500, 'Something went wrong here'],
  not_supported: [501, 'This server keeps nothing that could answer this'],
  store_unavailable: [503, 'A store that is needed does not answer'],
  overloaded: [503, 'Too much to do at once'],
} as const

export type ProblemCode = keyof typeof PROBLEMS

export interface FieldError {
  readonly field: string
  readonly message: string
}

export interface ProblemOptions {
  readonly detail?: string
  readonly errors?: readonly FieldError[]
  readonly headers?: Readonly<Record<string, string>>
  readonly cause?: unknown
}

/** An error that is its own answer. Thrown by a handler, a guard or the edge. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly errors: readonly FieldError[] | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly detail: string | undefined

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(options.detail ?? PROBLEMS[code][1], { cause: options.cause })
    this.code = code
    this.detail = options.detail
    this.errors = options.errors
    this.headers = options.headers ?? {}
  }

  get status(): number {
    return PROBLEMS[this.code][0]
  }

  /** The members of RFC 9457, section 3.1, and the extensions `code` and `errors`. */
  toJSON(): Record<string, unknown> {
    const [status, title] = PROBLEMS[this.code]
    return {
      type: `tag:session-vs-jwt.example,2026:${this.code}`,
      title,
      status,
      code: this.code,
      ...(this.detail !== undefined && { detail: this.detail }),
      ...(this.errors && { errors: this.errors }),
    }
  }
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json'
