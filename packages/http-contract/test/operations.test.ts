import { describe, expect, test } from 'vitest'
import { parameters, paths, requests } from '../src/contract.js'
import { exampleAccount, exampleTokens, exampleUser } from '../src/operations/examples.js'
import {
  ALWAYS_POSSIBLE,
  type Operation,
  type OperationId,
  problemsOf,
  type ServerKind,
} from '../src/operations/operation.js'
import { operations } from '../src/operations/operations.js'
import type { ProblemCode } from '../src/problem.js'
import { type ResponseName, responses } from '../src/responses.js'

const KINDS: readonly ServerKind[] = ['session', 'jwt']

const byId = (id: OperationId): Operation => {
  const found = operations.find((it) => it.id === id)
  return found ?? expect.fail(`no operation ${id}`)
}

const issuesOf = (schema: { safeParse: (value: unknown) => { error?: unknown } }, value: unknown) =>
  schema.safeParse(value).error

describe('the table', () => {
  test('has each path of the contract, and each id and each method of a path once', () => {
    expect(new Set(operations.map(({ path }) => path))).toEqual(new Set(Object.values(paths)))
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length)
    const routes = operations.map(({ method, path }) => `${method} ${path}`)
    expect(new Set(routes).size).toBe(operations.length)
  })

  test('begins with an account and ends with what needs none', () => {
    const ids = operations.map(({ id }) => id)
    expect(ids.slice(0, 3)).toEqual(['register', 'login', 'whoami'])
    expect(ids.slice(-4)).toEqual(['live', 'ready', 'jwks', 'openapi'])
    expect(ids.indexOf('logout')).toBeGreaterThan(ids.indexOf('endDevice'))
  })

  test('has keys to show on the JWT server only, and all else on both', () => {
    for (const { id, success } of operations) {
      expect(Object.keys(success), id).toEqual(id === 'jwks' ? ['jwt'] : KINDS)
    }
  })

  test.each(operations)('$id names the parameters of its path', ({ path, parameters: own }) => {
    const inPath = own.filter((it) => it.in === 'path').map(({ name }) => `:${name}`)
    expect(path.match(/:\w+/g) ?? []).toEqual(inPath)
  })
})

describe('the examples', () => {
  test.each(operations)('$id: what is sent is what the contract takes', ({ body, ...rest }) => {
    for (const { value } of body?.examples ?? []) {
      expect(body && issuesOf(requests[body.schema], value)).toBeUndefined()
    }
    for (const { name, example } of rest.parameters) {
      expect(issuesOf(parameters[name], example)).toBeUndefined()
    }
  })

  test.each(operations)('$id: what is answered is what it promises', ({ success, unready }) => {
    for (const answer of [success.session, success.jwt, unready]) {
      if (!answer) continue
      expect(answer.body === undefined).toBe(answer.status === 204)
      const { body, example } = answer
      expect(body && issuesOf(responses[body], example)).toBeUndefined()
    }
  })

  test('a parameter comes from an earlier answer, or from the page before', () => {
    for (const operation of operations) {
      for (const { from } of operation.parameters) {
        if (!from) continue
        const source = byId(from.operation)
        expect(operations.indexOf(source)).toBeLessThanOrEqual(operations.indexOf(operation))
        const names = from.pointer.split('/').slice(1)
        const value = names.reduce<unknown>(
          (node, name) => (node as Record<string, unknown> | undefined)?.[name],
          source.success.jwt?.example,
        )
        expect(value, `${operation.id} from ${from.operation}`).toBeDefined()
      }
    }
  })

  test('the tokens are those of the user, and can be read', () => {
    for (const [name, token] of Object.entries(exampleTokens)) {
      const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
      expect(`${claims.type}Token`).toBe(name)
      expect([claims.sub, claims.email]).toEqual([exampleUser.id, exampleAccount.email])
      expect(claims.exp).toBeGreaterThan(claims.iat)
    }
  })
})

describe('the problems of an operation', () => {
  const problems = (id: OperationId, kind: ServerKind): string[] =>
    [...problemsOf(byId(id), kind)].toSorted()

  test('are what its credential, its body and its query bring, and its own', () => {
    expect(problems('whoami', 'jwt')).toEqual([
      'expired_credential',
      'invalid_credential',
      'missing_credential',
      'store_unavailable',
    ])
    expect(problems('createPost', 'jwt')).toEqual([
      'expired_credential',
      'invalid_credential',
      'malformed_json',
      'missing_credential',
      'payload_too_large',
      'store_unavailable',
      'unsupported_media_type',
      'validation_failed',
    ])
    expect(problems('listPosts', 'jwt')).toContain('validation_failed')
    expect(problems('showPost', 'jwt')).toContain('not_found')
    expect(problems('live', 'session')).toEqual([])
  })

  test('differ where the servers do', () => {
    const only = (one: ServerKind, other: ServerKind): string[] =>
      operations
        .filter(({ success }) => success[one] && success[other])
        .flatMap(({ id }) =>
          problems(id, one)
            .filter((code) => !problems(id, other).includes(code))
            .map((code) => `${id} ${code}`),
        )
    // A cookie is sent unasked, so what is not GET looks where it comes from.
    const unsafe = operations.filter(({ method }) => method !== 'GET')
    expect(only('session', 'jwt')).toEqual(unsafe.map(({ id }) => `${id} forbidden_origin`))
    expect(only('jwt', 'session')).toEqual([
      'renewAccess replaced_credential',
      'renewAccess reused_credential',
      'rotateRefresh replaced_credential',
      'rotateRefresh reused_credential',
      'logout expired_credential',
    ])
  })

  /** The compiler asks for a new code here; the test asks who answers with it. */
  const EVERY_CODE: Readonly<Record<ProblemCode, true>> = {
    malformed_json: true,
    validation_failed: true,
    password_refused: true,
    malformed_request: true,
    missing_credential: true,
    invalid_credential: true,
    expired_credential: true,
    reused_credential: true,
    replaced_credential: true,
    invalid_credentials: true,
    wrong_current_password: true,
    forbidden_origin: true,
    not_found: true,
    method_not_allowed: true,
    request_timeout: true,
    nickname_taken: true,
    email_taken: true,
    password_changed: true,
    payload_too_large: true,
    unsupported_media_type: true,
    expectation_failed: true,
    too_many_attempts: true,
    headers_too_large: true,
    internal_error: true,
    not_supported: true,
    store_unavailable: true,
    overloaded: true,
  }

  test('use every code there is; a wrong method is nobody’s', () => {
    const used = KINDS.flatMap((kind) => operations.flatMap((it) => problemsOf(it, kind)))
    expect(new Set([...used, ...ALWAYS_POSSIBLE, 'method_not_allowed'])).toEqual(
      new Set(Object.keys(EVERY_CODE)),
    )
  })
})

describe('the answers', () => {
  const user = { ...exampleUser }
  const key = { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: '1', alg: 'ES256', use: 'sig' }

  test.each<[ResponseName, unknown]>([
    ['userBody', { user, accessToken: 'a' }],
    ['userBody', { user: { ...user, passwordHash: 'x' } }],
    ['userWithTokens', { user, accessToken: 'a' }],
    ['userPage', { users: [user], nextCursor: null }],
    ['postPage', { posts: [] }],
    ['ready', { status: 'ready', dependencies: { redis: 'down' } }],
    ['unready', { status: 'ready', dependencies: {} }],
    ['jsonWebKeySet', { keys: [{ ...key, d: 'AA' }] }],
    ['jsonWebKeySet', { keys: [{ kty: 'oct', k: 'AA', kid: '1', alg: 'HS256', use: 'sig' }] }],
  ])('%s is not %j', (name, body) => {
    expect(issuesOf(responses[name], body)).toBeDefined()
  })
})
