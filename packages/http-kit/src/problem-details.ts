import { AccountError } from '@session-vs-jwt/users'
import { isStoreUnavailable, storeFailure } from '@session-vs-jwt/stores'
import type { Middleware } from 'koa'
import type { Logger } from 'pino'

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

/** An error that is its own answer. Thrown anywhere below {@link problemDetails}. */
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

/** The client closed the connection, so its work was dropped and nobody is there to answer. */
export class ClientLeft extends Error {
  override readonly name = 'ClientLeft'
}

/** What nginx writes in its log for such a request. It is only seen in traces. */
const CLIENT_LEFT_STATUS = 499

/** The credential is in order, and outlived the user it was given to. */
export function unknownUser(): Problem {
  return new Problem('invalid_credential', { detail: 'This user does not exist.' })
}

/** Asks for email and password (RFC 7617); `charset` says that they are read as UTF-8. */
export const BASIC_CHALLENGE = 'Basic realm="login", charset="UTF-8"'

export const PROBLEM_MEDIA_TYPE = 'application/problem+json'

/** Seconds after which a client may try again when a store is down. */
const STORE_RETRY_AFTER = '2'

/**
 * Turns whatever is thrown below into problem+json. Nothing of an unexpected error reaches the client;
 * the log has it. `challenge` is the `WWW-Authenticate` value that a 401 carries by default.
 */
export function problemDetails(logger: Logger, challenge: string): Middleware {
  return async (ctx, next) => {
    try {
      await next()
      refuseUnanswered(ctx)
    } catch (error) {
      if (error instanceof ClientLeft) {
        ctx.status = CLIENT_LEFT_STATUS
        return
      }
      const problem = toProblem(error)
      if (problem.status === 500) logger.error({ err: error }, 'unexpected error')
      else if (problem.code === 'store_unavailable')
        logger.warn({ err: error, fix: storeFailure(error)?.fix }, problem.code)
      else if (problem.status === 503) logger.warn(problem.code)
      ctx.status = problem.status
      if (problem.status === 401) {
        const login = problem.code === 'invalid_credentials'
        ctx.set('WWW-Authenticate', login ? BASIC_CHALLENGE : challenge)
      }
      ctx.set(problem.headers)
      // Most refusals have no challenge: the header may be undefined, whatever Koa's types say.
      const asked = ctx.response.headers['www-authenticate']
      if (isScript(ctx) && String(asked).startsWith('Basic ')) {
        ctx.set('WWW-Authenticate', challenge)
      }
      ctx.body = JSON.stringify(problem)
      ctx.type = PROBLEM_MEDIA_TYPE
    }
  }
}

/**
 * A script in a page (Fetch Metadata, `Sec-Fetch-Dest`). Told "Basic", its browser would open a dialog of
 * its own over the page, and keep the answer until somebody has closed it.
 */
function isScript(ctx: { get(field: string): string }): boolean {
  return ctx.get('Sec-Fetch-Dest') === 'empty'
}

/** Where no handler answered, Koa leaves 404 and the router 405 or 501, without a body. */
function refuseUnanswered(ctx: { status: number; body: unknown }): void {
  if (ctx.body !== undefined) return
  if (ctx.status === 404) throw new Problem('not_found')
  if (ctx.status === 405 || ctx.status === 501) throw new Problem('method_not_allowed')
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof AccountError) return fromAccountError(error)
  if (isStoreUnavailable(error)) {
    return new Problem('store_unavailable', {
      headers: { 'Retry-After': STORE_RETRY_AFTER },
      cause: error,
    })
  }
  return new Problem('internal_error', { cause: error })
}

function fromAccountError(error: AccountError): Problem {
  return new Problem(error.code, {
    ...(error.code === 'password_refused' && {
      errors: [{ field: 'password', message: error.message }],
    }),
    ...(error.retryAfter !== undefined && {
      headers: { 'Retry-After': String(error.retryAfter) },
    }),
    cause: error,
  })
}
