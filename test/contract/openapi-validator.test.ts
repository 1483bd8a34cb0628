import { type OpenApiDocument, openApiDocument, paths } from '@session-vs-jwt/http-contract'
import { CookieClient, type Exchange, jsonOf } from '@session-vs-jwt/workbench'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { newAccount } from '../device.js'
import { startServer, type TestServer } from '../start-server.js'
import { strategy } from './matrix.js'
import { answerProblems, type CheckedAnswer, exchangeProblems } from './openapi-validator.js'

const document = openApiDocument('session')

type Json = Record<string, Record<string, unknown>>

/** Real answers, to be spoilt. */
let server: TestServer
const real = {} as Record<'register' | 'me' | 'users' | 'refused' | 'deleted', Exchange>

beforeAll(async () => {
  server = await startServer(strategy('session-redis'), { env: { SERVER_TIMING: 'off' } })
  const client = new CookieClient(server.url)
  real.register = await client.register(newAccount())
  real.me = await client.send({ method: 'GET', path: paths.me })
  real.users = await client.send({ method: 'GET', path: `${paths.users}?limit=1` })
  real.refused = await client.without().send({ method: 'GET', path: paths.me })
  const post = await client.send({
    method: 'POST',
    path: paths.posts,
    json: { title: 'T', body: 'B' },
  })
  real.deleted = await client.send({ method: 'DELETE', path: post.headers.location ?? '' })
})
afterAll(async () => server?.stop())

/** What the validator says of a real answer that `change` has spoilt, without "GET /…, 200: ". */
function problemsWith(
  name: keyof typeof real,
  change: (answer: CheckedAnswer & { body: Json }) => Partial<CheckedAnswer>,
): string[] {
  const exchange = real[name]
  const path = exchange.url.slice(server.url.length)
  const answer = { ...exchange, path, body: jsonOf(exchange) as Json }
  const { body = exchange.body, ...rest } = { ...answer, ...change(answer) }
  const problems = answerProblems(document, { ...rest, body })
  const where = `${rest.method} ${rest.path}, ${rest.status}: `
  for (const problem of problems) expect(problem.startsWith(where), problem).toBe(true)
  return problems.map((problem) => problem.slice(where.length))
}

test('a real answer has no problem', () => {
  for (const answer of Object.values(real)) expect(exchangeProblems(document, answer)).toEqual([])
})

describe('of a body', () => {
  test('an additional member', () => {
    expect(
      problemsWith('me', ({ body }) => ({
        body: { user: { ...body['user'], passwordHash: 'x' } },
      })),
    ).toEqual(['the body.user has a member that is not in the document: passwordHash'])
    expect(problemsWith('refused', ({ body }) => ({ body: { ...body, stack: 'at …' } }))).toEqual([
      'the body has a member that is not in the document: stack',
    ])
  })

  test('missing members, all at once', () => {
    expect(
      problemsWith('me', ({ body }) => {
        const { createdAt: _createdAt, email: _email, ...user } = body['user'] ?? {}
        return { body: { user } }
      }),
    ).toEqual(['the body.user lacks the member email', 'the body.user lacks the member createdAt'])
  })

  test('a value of the wrong kind or form', () => {
    const user = (change: object) =>
      problemsWith('me', ({ body }) => ({ body: { user: { ...body['user'], ...change } } }))
    expect(user({ id: 7 })).toEqual(['the body.user.id must be string, and is 7'])
    expect(user({ id: '7' })).toEqual(['the body.user.id must match format "uuid", and is "7"'])
    expect(user({ createdAt: '2026-01-02T03:04:05+01:00' })).toEqual([
      'the body.user.createdAt must match pattern "Z$", and is "2026-01-02T03:04:05+01:00"',
    ])
  })

  test('none, where one is due, and one, where none is', () => {
    expect(problemsWith('me', () => ({ body: '' }))).toEqual(['the body must be object, and is ""'])
    expect(problemsWith('deleted', () => ({ body: {} }))).toEqual([
      'there is a body, and should be none',
    ])
  })

  test('a code or status that belongs to another answer', () => {
    expect(
      problemsWith('refused', ({ body }) => ({ body: { ...body, code: 'not_found' } })),
    ).toEqual([
      'the body.code must be equal to one of the allowed values: ' +
        '["missing_credential","invalid_credential","expired_credential"], and is "not_found"',
    ])
    expect(problemsWith('refused', ({ body }) => ({ body: { ...body, status: 403 } }))).toEqual([
      'the body.status must be equal to one of the allowed values: [401], and is 403',
    ])
  })
})

describe('of a status', () => {
  test('one that the operation does not have', () => {
    expect(problemsWith('register', () => ({ status: 200 }))).toEqual([
      'the status is none of 201, 400, 403, 409, 413, 415, 503, 4XX, 5XX',
    ])
    expect(problemsWith('me', () => ({ status: 302 }))).toHaveLength(1)
  })

  test('a refusal that the operation does not have', () => {
    expect(
      problemsWith('refused', ({ body }) => ({
        status: 404,
        body: { ...body, status: 404, code: 'not_found' },
      })),
    ).toEqual([
      expect.stringContaining('the body.status must be equal to one of the allowed values'),
      expect.stringContaining('the body.code must be equal to one of the allowed values'),
    ])
  })
})

describe('of headers', () => {
  const withHeaders = (name: keyof typeof real, change: object): string[] =>
    problemsWith(name, ({ headers }) => ({ headers: { ...headers, ...change } }))

  test('a wrong or missing media type', () => {
    expect(withHeaders('me', { 'content-type': 'text/html' })).toEqual([
      'the media type is text/html, not application/json',
    ])
    expect(withHeaders('refused', { 'content-type': 'application/json' })).toEqual([
      'the media type is application/json, not application/problem+json',
    ])
    expect(withHeaders('me', { 'content-type': undefined })).toEqual([
      'the media type is missing, not application/json',
    ])
  })

  test('a missing header', () => {
    expect(withHeaders('register', { 'set-cookie': undefined })).toEqual([
      'the header Set-Cookie is missing',
    ])
    expect(withHeaders('refused', { 'www-authenticate': undefined })).toEqual([
      'the header WWW-Authenticate is missing',
    ])
  })

  test('a wrong value', () => {
    expect(withHeaders('me', { 'cache-control': 'public' })).toEqual([
      'the header Cache-Control must be equal to constant: "no-store", and is "public"',
    ])
    expect(withHeaders('register', { 'set-cookie': ['sid=1', 'tracking=1'] })).toEqual([
      expect.stringContaining('the header Set-Cookie must match pattern'),
    ])
    const unready = {
      status: 503,
      path: paths.ready,
      body: { status: 'draining', dependencies: {} },
    }
    for (const [value, problems] of [
      ['2', 0],
      ['0', 1],
      ['soon', 1],
    ] as const) {
      expect(
        problemsWith('me', ({ headers }) => ({
          ...unready,
          headers: { ...headers, 'retry-after': value },
        })),
      ).toHaveLength(problems)
    }
  })
})

describe('where no operation matches', () => {
  const nowhere = { path: '/nowhere?a=b' }

  test('an answer that is no refusal', () => {
    expect(problemsWith('me', () => nowhere)).toEqual(['the document has no such operation'])
    expect(problemsWith('me', () => ({ method: 'PUT' }))).toEqual([
      'the document has no such operation',
    ])
    expect(problemsWith('me', () => ({ path: '/users/me/' }))).toHaveLength(1)
    expect(problemsWith('me', () => ({ path: '/constructor' }))).toHaveLength(1)
  })

  test('a refusal may be any problem document, and nothing else', () => {
    expect(problemsWith('refused', () => nowhere)).toEqual([])
    expect(
      problemsWith('refused', ({ body }) => ({ ...nowhere, body: { ...body, status: 404 } })),
    ).toEqual(['the body: status is 404'])
    expect(problemsWith('refused', () => ({ ...nowhere, body: 'Not Found' }))).toEqual([
      'the body must be object, and is "Not Found"',
    ])
    const html = { 'content-type': 'text/plain' }
    expect(problemsWith('refused', () => ({ ...nowhere, headers: html }))).toHaveLength(1)
  })
})

test('a schema is compiled once, not for every answer', () => {
  const fresh: OpenApiDocument = structuredClone(document)
  const compile = vi.spyOn(Ajv2020.prototype, 'compile')
  onTestFinished(() => compile.mockRestore())
  exchangeProblems(fresh, real.users)
  const compiled = compile.mock.calls.length
  expect(compiled).toBeGreaterThan(0)
  for (let i = 0; i < 100; i += 1) exchangeProblems(fresh, real.users)
  expect(compile).toHaveBeenCalledTimes(compiled)
})
