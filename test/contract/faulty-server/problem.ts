import type { Context, Next } from 'koa'

/** Every error that a client can meet: status and title (RFC 9457). */
const PROBLEMS = {
  malformed_request: [400, 'The request is malformed'],
  malformed_json: [400, 'The body is not JSON'],
  validation_failed: [400, 'The request has invalid fields'],
  password_refused: [400, 'The password is not acceptable'],
  missing_credential: [401, 'A credential is needed'],
  invalid_credential: [401, 'The credential is not valid'],
  expired_credential: [401, 'The credential has expired'],
  reused_credential: [401, 'The credential was spent already'],
  invalid_credentials: [401, 'Email or password is wrong'],
  wrong_current_password: [403, 'The current password is wrong'],
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

interface ProblemOptions {
  readonly detail?: string
  readonly errors?: readonly { readonly field: string; readonly message: string }[]
  readonly headers?: Readonly<Record<string, string>>
}

/** An error that is its own answer. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly options: ProblemOptions

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(options.detail ?? code)
    this.code = code
    this.options = options
  }

  get status(): number {
    return PROBLEMS[this.code][0]
  }

  toJSON(): object {
    const { code, status } = this
    const { detail, errors } = this.options
    const type = `tag:session-vs-jwt.example,2026:${code}`
    return { type, title: PROBLEMS[code][1], status, code, detail, errors }
  }
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json'
export const BASIC_CHALLENGE = 'Basic realm="login", charset="UTF-8"'
const BEARER_CHALLENGE = 'Bearer realm="login-tutorial"'

/** Turns whatever is thrown below into problem+json. */
export async function problemDetails(ctx: Context, next: Next): Promise<void> {
  ctx.set('Cache-Control', 'no-store')
  try {
    await next()
    refuseUnanswered(ctx)
  } catch (error) {
    if (!(error instanceof Problem)) console.error(error)
    const problem = error instanceof Problem ? error : new Problem('internal_error')
    ctx.status = problem.status
    if (problem.status === 401) ctx.set('WWW-Authenticate', challengeOf(problem))
    ctx.set(problem.options.headers ?? {})
    ctx.body = JSON.stringify(problem)
    ctx.type = PROBLEM_MEDIA_TYPE
  }
}

/** Where no handler answered, Koa leaves 404 and the router 405 or 501, without a body. */
function refuseUnanswered(ctx: Context): void {
  if (ctx.body !== undefined) return
  if (ctx.status === 404) throw new Problem('not_found')
  if (ctx.status === 405 || ctx.status === 501) throw new Problem('method_not_allowed')
}

/** What a 401 asks for: the password at the login, else a token (RFC 6750, section 3). */
function challengeOf({ code, options }: Problem): string {
  if (code === 'invalid_credentials') return BASIC_CHALLENGE
  if (code === 'missing_credential') return BEARER_CHALLENGE
  return `${BEARER_CHALLENGE}, error="invalid_token", error_description="${options.detail ?? code}"`
}
