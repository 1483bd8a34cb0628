import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { AccountError } from '@session-vs-jwt/users'
import Koa, { type Context } from 'koa'
import { describe, expect, test, vi } from 'vitest'
import type { Logger } from 'pino'
import { Problem, type ProblemCode } from '@session-vs-jwt/http-contract'
import { problemDetails } from '../src/problem-details.js'

const STATUS = {
  malformed_json: 400,
  validation_failed: 400,
  password_refused: 400,
  malformed_request: 400,
  missing_credential: 401,
  invalid_credential: 401,
  expired_credential: 401,
  reused_credential: 401,
  replaced_credential: 401,
  invalid_credentials: 401,
  wrong_current_password: 403,
  forbidden_origin: 403,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  nickname_taken: 409,
  email_taken: 409,
  password_changed: 409,
  expectation_failed: 417,
  payload_too_large: 413,
  unsupported_media_type: 415,
  too_many_attempts: 429,
  headers_too_large: 431,
  internal_error: 500,
  not_supported: 501,
  store_unavailable: 503,
  overloaded: 503,
} as const satisfies Record<ProblemCode, number>
const CODES = Object.entries(STATUS) as [ProblemCode, number][]

const CHALLENGE = 'Test realm="test"'
const LOGIN_CHALLENGE = 'Basic realm="login", charset="UTF-8"'

/** The answer to a request whose handler is `next`. */
async function answer(next: (ctx: Context) => unknown, sent: Record<string, string> = {}) {
  const request = new IncomingMessage(new Socket())
  request.url = '/'
  request.method = 'GET'
  Object.assign(request.headers, sent)
  const ctx = new Koa().createContext(request, new ServerResponse(request))
  const logger = { error: vi.fn(), warn: vi.fn() }
  const middleware = problemDetails(logger as unknown as Logger, CHALLENGE)
  await middleware(ctx, async () => {
    await next(ctx)
  })
  const json = (): Record<string, unknown> => JSON.parse(String(ctx.body))
  return { ctx, logger, json, headers: ctx.response.headers }
}

const throwing = (error: unknown, sent?: Record<string, string>) =>
  answer(() => {
    throw error
  }, sent)

describe('problem details (RFC 9457)', () => {
  test.each(CODES)('%s has status %i and the members of section 3.1', async (code, status) => {
    const { ctx, json, headers } = await throwing(new Problem(code))
    expect(ctx.status).toBe(status)
    expect(headers['content-type']).toBe('application/problem+json')
    const title = json()['title']
    expect(title).toMatch(/^[A-Z][^\n]{5,60}$/)
    const type = `tag:session-vs-jwt.example,2026:${code}`
    expect(json()).toStrictEqual({ type, title, status, code })
  })

  test('carry detail and errors where the problem has them, and nothing else of it', async () => {
    const errors = [{ field: 'email', message: 'is missing' }]
    const options = { detail: 'Look at the fields.', errors, cause: new Error('canary') }
    const { json } = await throwing(new Problem('validation_failed', options))
    expect(Object.keys(json())).toStrictEqual([
      'type',
      'title',
      'status',
      'code',
      'detail',
      'errors',
    ])
    expect(json()).toMatchObject({ detail: 'Look at the fields.', errors })
  })

  test('send the headers of the problem', async () => {
    const { headers } = await throwing(
      new Problem('payload_too_large', { headers: { Connection: 'close' } }),
    )
    expect(headers['connection']).toBe('close')
  })

  test.each(CODES)('%s (%i) names a challenge only with 401 (RFC 9110, 11.6.1)', async (code) => {
    const { headers } = await throwing(new Problem(code))
    const login = code === 'invalid_credentials' ? LOGIN_CHALLENGE : CHALLENGE
    expect(headers['www-authenticate']).toBe(STATUS[code] === 401 ? login : undefined)
  })

  test('a script in a page is never told "Basic": its browser would open a dialog', async () => {
    const script = { 'sec-fetch-dest': 'empty' }
    const basic = { headers: { 'WWW-Authenticate': LOGIN_CHALLENGE } }
    const refusals = [
      new Problem('invalid_credentials'),
      new Problem('missing_credential', basic),
    ] as const
    for (const refusal of refusals) {
      const { headers } = await throwing(refusal, script)
      expect(headers['www-authenticate']).toBe(CHALLENGE)
    }
  })

  test.each(CODES)('%s (%i) reaches a script in a page as it is', async (code, status) => {
    const { ctx, json, headers } = await throwing(new Problem(code), { 'sec-fetch-dest': 'empty' })
    expect(ctx.status).toBe(status)
    expect(json()['code']).toBe(code)
    expect(headers['www-authenticate']).toBe(status === 401 ? CHALLENGE : undefined)
  })

  test('the challenge of the problem goes before the default one', async () => {
    const options = { headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } }
    const { headers } = await throwing(new Problem('expired_credential', options))
    expect(headers['www-authenticate']).toBe('Bearer error="invalid_token"')
  })
})

describe('an unexpected error', () => {
  test.each([
    ['an error', Object.assign(new Error('canary'), { code: 'canary', detail: 'canary' })],
    ['an error with the look of a problem', { status: 404, code: 'not_found', message: 'canary' }],
    ["Koa's own error", Object.assign(new Error('canary'), { status: 400, expose: true })],
    ['a string', 'canary'],
    ['undefined', undefined],
  ])('is a 500 that tells nothing of it, and is logged: %s', async (_what, error) => {
    const { ctx, json, logger, headers } = await throwing(error)
    expect(ctx.status).toBe(500)
    expect(json()).toStrictEqual({
      type: 'tag:session-vs-jwt.example,2026:internal_error',
      title: 'Something went wrong here',
      status: 500,
      code: 'internal_error',
    })
    expect(JSON.stringify(headers)).not.toContain('canary')
    expect(logger.error.mock.calls).toStrictEqual([[{ err: error }, 'unexpected error']])
  })

  test('of a store that is down is a 503 with Retry-After, logged as a warning', async () => {
    const error = Object.assign(new Error('connect ECONNREFUSED canary'), { code: 'ECONNREFUSED' })
    const { ctx, json, logger, headers } = await throwing(error)
    expect(ctx.status).toBe(503)
    expect(json()['code']).toBe('store_unavailable')
    expect(headers['retry-after']).toBe('2')
    expect(JSON.stringify(json())).not.toContain('canary')
    expect(logger.error).not.toHaveBeenCalled()
    expect(logger.warn).toHaveBeenCalledTimes(1)
  })
})

describe('an error of a store that an operator has to set right', () => {
  test('is a 503 as well, and the log says what to do', async () => {
    const error = Object.assign(new Error('WRONGPASS canary'), { name: 'ReplyError' })
    const { ctx, json, logger } = await throwing(error)
    expect([ctx.status, json()['code']]).toEqual([503, 'store_unavailable'])
    expect(JSON.stringify(json())).not.toContain('canary')
    const fix = expect.stringContaining('REDIS_URL')
    expect(logger.warn.mock.calls).toEqual([[{ err: error, fix }, 'store_unavailable']])
  })
})

describe('an error of the account logic', () => {
  test.each([
    ['nickname_taken', 409],
    ['email_taken', 409],
    ['password_refused', 400],
    ['invalid_credentials', 401],
    ['wrong_current_password', 403],
    ['too_many_attempts', 429],
    ['overloaded', 503],
  ] as const)('%s is a problem with status %i and the same code', async (code, status) => {
    const { ctx, json, logger } = await throwing(new AccountError(code, 'text'))
    expect(ctx.status).toBe(status)
    expect(json()['code']).toBe(code)
    expect(logger.error).not.toHaveBeenCalled()
  })

  test('names the field of a refused password', async () => {
    const { json } = await throwing(new AccountError('password_refused', 'is too short'))
    expect(json()['errors']).toStrictEqual([{ field: 'password', message: 'is too short' }])
  })

  test('tells the seconds to wait', async () => {
    const { headers } = await throwing(new AccountError('too_many_attempts', 'text', 899))
    expect(headers['retry-after']).toBe('899')
    const other = await throwing(new AccountError('invalid_credentials', 'text'))
    expect(other.headers['retry-after']).toBeUndefined()
  })
})

describe('a request that nobody answered', () => {
  test.each([
    [404, 404, 'not_found'],
    [405, 405, 'method_not_allowed'],
    [501, 405, 'method_not_allowed'],
  ])('and that the router left with %i is a %i', async (left, status, code) => {
    const { ctx, json, headers } = await answer((it) => {
      it.status = left
      it.set('Allow', 'GET')
    })
    expect(ctx.status).toBe(status)
    expect(json()['code']).toBe(code)
    expect(headers['allow']).toBe('GET')
  })

  test('is told from an answer without a body', async () => {
    const { ctx } = await answer((it) => {
      it.status = 204
    })
    expect(ctx.status).toBe(204)
    expect(ctx.body).toBeUndefined()
  })
})
