/** What this server refuses, by the codes of the contract: status and title (RFC 9457). */
const PROBLEMS = {
  malformed_json: [400, 'The body is not JSON'],
  malformed_request: [400, 'The request is malformed'],
  validation_failed: [400, 'The request has invalid fields'],
  password_refused: [400, 'The password is not acceptable'],
  missing_credential: [401, 'A credential is needed'],
  invalid_credential: [401, 'The credential is not valid'],
  expired_credential: [401, 'The credential has expired'],
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
  internal_error: [500, 'Something went wrong here'],
} as const

export type ProblemCode = keyof typeof PROBLEMS

export interface FieldError {
  readonly field: string
  readonly message: string
}

/** Asks for email and password, in UTF-8 (RFC 7617, section 2.1). */
export const BASIC_CHALLENGE = 'Basic realm="login", charset="UTF-8"'

const COOKIE_CHALLENGE =
  'Cookie realm="third-server", form-action="/auth/login/email", cookie-name="sid"'

/** An error that is its own answer. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly #code: ProblemCode
  readonly #errors: readonly FieldError[] | undefined

  constructor(
    code: ProblemCode,
    { headers, errors }: { headers?: Record<string, string>; errors?: FieldError[] } = {},
  ) {
    super(PROBLEMS[code][1])
    this.status = PROBLEMS[code][0]
    this.#code = code
    this.#errors = errors
    this.headers = {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      ...(this.status === 401 && { 'WWW-Authenticate': COOKIE_CHALLENGE }),
      ...headers,
    }
  }

  toJSON(): object {
    return {
      type: `tag:third-server.example,2026:${this.#code}`,
      title: this.message,
      status: this.status,
      code: this.#code,
      ...(this.#errors && { errors: this.#errors }),
    }
  }

  toResponse(): Response {
    return new Response(JSON.stringify(this), { status: this.status, headers: this.headers })
  }
}
