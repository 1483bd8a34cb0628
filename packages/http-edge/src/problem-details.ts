import { AccountError } from '@session-vs-jwt/users'
import { isStoreUnavailable, storeFailure } from '@session-vs-jwt/stores'
import type { Middleware } from 'koa'
import type { Logger } from 'pino'
import { Problem, PROBLEM_MEDIA_TYPE } from '@session-vs-jwt/http-contract'

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
