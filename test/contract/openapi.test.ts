import {
  ALWAYS_POSSIBLE,
  openApiDocument,
  operations,
  paths,
  type ProblemCode,
  problemsOf,
  type ServerKind,
} from '@session-vs-jwt/http-contract'
import { createLogger } from '@session-vs-jwt/server-process'
import { systemClock, systemNewId } from '@session-vs-jwt/http-edge'
import * as jwtServer from '@session-vs-jwt/jwt-server'
import * as sessionServer from '@session-vs-jwt/session-server'
import { type Exchange, jsonOf, readServerTiming } from '@session-vs-jwt/workbench'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newAccount } from '../device.js'
import { keySet, startServer, type TestServer } from '../start-server.js'
import { strategy } from './matrix.js'
import { GRACE_SECONDS, refusedRequests, type Visitor } from './openapi-refusals.js'
import { exchangeProblems } from './openapi-validator.js'
import { clientOf, walkContract } from './openapi-walk.js'

const KINDS: readonly ServerKind[] = ['session', 'jwt']

describe.each(KINDS)('the document of the %s server', (kind) => {
  const lint = async (document: object): Promise<string[]> => {
    // The whole recommended set: no rule is switched off.
    const config = await createConfig({ extends: ['recommended'] })
    const source = JSON.stringify(document)
    const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config })
    return problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)
  }

  test('has no lint', async () => {
    expect(await lint(openApiDocument(kind))).toEqual([])
  })

  test('has some when it is damaged: errors and warnings are seen', async () => {
    const document = openApiDocument(kind)
    const { info, ...withoutInfo } = document
    expect((await lint(withoutInfo)).join()).toContain('`info`')
    const unlicensed = { title: info['title'], version: info['version'] }
    expect((await lint({ ...document, info: unlicensed })).join()).toContain('info-license')
  })

  test('has every route of the app, and no other', () => {
    const documented = Object.entries(openApiDocument(kind).paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(documented.toSorted()).toEqual(routesOf(createApp(kind)).toSorted())
  })
})

/** The app as it runs, with no store behind it: what is asked of it is its routes. */
function createApp(kind: ServerKind): { middleware: readonly unknown[] } {
  const env = {
    DATABASE_URL: 'postgres://127.0.0.1/none',
    REDIS_URL: 'redis://127.0.0.1',
    JWT_ACCESS_KEYS: keySet('HS256', 'a'),
    JWT_REFRESH_KEYS: keySet('HS256', 'r'),
  }
  const deps = {
    logger: createLogger('test', 'silent'),
    clock: systemClock,
    newId: systemNewId,
    random: sessionServer.systemRandomBytes,
    draining: () => false,
    ports: () => expect.fail('no request is sent'),
  }
  return kind === 'session'
    ? sessionServer.createApp({ ...deps, config: sessionServer.loadConfig(env) })
    : jwtServer.createApp({ ...deps, config: jwtServer.loadConfig(env) })
}

interface RouterMiddleware {
  readonly router?: { readonly stack: readonly { path: string; methods: readonly string[] }[] }
}

function routesOf({ middleware }: { middleware: readonly unknown[] }): string[] {
  const routers = (middleware as readonly RouterMiddleware[]).flatMap((it) => it.router ?? [])
  return routers.flatMap(({ stack }) =>
    stack.flatMap(({ path, methods }) =>
      methods
        // The router adds it to every GET.
        .filter((method) => method !== 'HEAD')
        .map((method) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`),
    ),
  )
}

/** With keys that have public halves, to show; few failed logins, to be refused soon; and both refusals of a spent token. */
const SETTINGS = {
  JWT_ACCESS_KEYS: keySet('ES256', 'public'),
  LOGIN_FAILURES: '2',
  REFRESH_POLICY: 'refuse-quietly',
  REFRESH_GRACE_SECONDS: String(GRACE_SECONDS),
}

describe.each([strategy('session-redis'), strategy('jwt-rotating')])('$id', (it) => {
  const kind = it.server
  const document = openApiDocument(kind)
  let server: TestServer
  /** What did not fit the document, of all that came back. */
  let misfits: string[]

  const note = (exchange: Exchange): void =>
    void misfits.push(...exchangeProblems(document, exchange))

  const visitor = async (): Promise<Visitor> => {
    const [client, account] = [clientOf(server, note), newAccount()]
    expect((await client.register(account)).status).toBe(201)
    return { client, account, wait: (seconds) => server.clock.advance(seconds) }
  }

  beforeAll(async () => {
    server = await startServer(it, { env: SETTINGS })
  })
  beforeEach(() => {
    misfits = []
  })
  afterAll(async () => server?.stop())

  test('serves it to everybody, without a lookup, and lets caches keep it', async () => {
    const answer = await clientOf(server, note).send({ method: 'GET', path: paths.openapi })
    expect(misfits).toEqual([])
    expect(jsonOf(answer)).toStrictEqual(document)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'public, max-age=300',
    })
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(readServerTiming(answer.headers['server-timing'])).toMatchObject({ sql: 0, redis: 0 })
  })

  test('answers every operation as the document says', async () => {
    const answers = await walkContract(clientOf(server, note), newAccount())
    expect(misfits).toEqual([])
    const statuses = operations.flatMap(({ id, success }) => {
      const { status } = success[kind] ?? {}
      return status === undefined ? [] : [[id, status]]
    })
    expect([...answers].map(([id, { status }]) => [id, status])).toEqual(statuses)
  })

  const refused = refusedRequests.filter(({ only = kind }) => only === kind)

  test.each(refused)('refuses with $code, as the document says: $what', async ({ code, send }) => {
    const answer = await send(await visitor())
    expect(misfits).toEqual([])
    expect(jsonOf(answer)).toMatchObject({ code })
  })

  test('HEAD and OPTIONS fit as well', async () => {
    const { client } = await visitor()
    const head = await client.send({ method: 'HEAD', path: paths.whoami })
    const options = await client.send({ method: 'OPTIONS', path: paths.whoami })
    expect([head.status, options.status, misfits]).toEqual([200, 200, []])
  })

  test('answers as the document says when a store is down', async () => {
    const { client } = await visitor()
    const broken = await startServer(it, {
      env: { ...SETTINGS, REDIS_URL: 'redis://127.0.0.1:1' },
      clock: server.clock,
    })
    const there = client.copy(broken.url)
    const renewal = await there.renewAccess()
    const ready = await there.send({ method: 'GET', path: paths.ready })
    await broken.stop()
    expect(misfits).toEqual([])
    expect([jsonOf(renewal), ready.status]).toMatchObject([{ code: 'store_unavailable' }, 503])
  })
})

describe.each([strategy('session-cookie'), strategy('jwt-stateless')])('$id', (it) => {
  test('answers as the document says, and 501 to what needs state', async () => {
    const server = await startServer(it)
    const misfits: string[] = []
    const client = clientOf(server, (exchange) => {
      misfits.push(...exchangeProblems(openApiDocument(it.server), exchange))
    })
    const answers = await walkContract(client, newAccount())
    await server.stop()
    expect(misfits).toEqual([])
    const unsupported = [...answers].filter(([, { status }]) => status === 501)
    expect(unsupported.map(([id]) => id)).toEqual(['listDevices', 'endDevice', 'logoutAll'])
  })
})

/** What takes a race, a flood or a slow client; tests of their own provoke it. */
const ELSEWHERE: readonly ProblemCode[] = [
  'overloaded',
  'password_changed',
  'request_timeout',
  'internal_error',
]

test('every code of the documents has been met above, but for a few', () => {
  const documented = KINDS.flatMap((kind) => operations.flatMap((it) => problemsOf(it, kind)))
  const met = [
    ...refusedRequests.map(({ code }) => code),
    'not_supported',
    'store_unavailable',
    ...ELSEWHERE,
  ]
  expect(new Set([...documented, ...ALWAYS_POSSIBLE, 'method_not_allowed'])).toEqual(new Set(met))
})
