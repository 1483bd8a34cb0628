import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Operation, operations, type ServerKind } from '@session-vs-jwt/http-contract'
import type { NewmanRunSummary } from 'newman'
import { describe, expect, onTestFinished, test } from 'vitest'
import { keySet, startServer, type StartOptions } from '../../start-server.js'
import { strategy } from '../matrix.js'
import { type PostmanCollection, postmanCollection } from './postman-collection.js'
import { contractLines, sentLine, WITHOUT_STATE_AND_PUBLIC_KEYS } from './sent-requests.js'
import { walk } from './walk.js'

/** Nobody listens here: a run goes where it is told. */
const NOWHERE = 'http://127.0.0.1:1'

function collectionOf(server: ServerKind, contract?: readonly Operation[]): PostmanCollection {
  return postmanCollection(server, walk(server, contract), NOWHERE)
}

async function run(it: PostmanCollection, baseUrl: string): Promise<NewmanRunSummary> {
  const { default: newman } = await import('newman')
  // As it would come out of a file.
  const collection = JSON.parse(JSON.stringify(it))
  return new Promise((resolve, reject) => {
    const envVar = [{ key: 'baseUrl', value: baseUrl }]
    newman.run({ collection, envVar, timeoutRequest: 120_000 }, (error, summary) =>
      error ? reject(error) : resolve(summary),
    )
  })
}

async function started(id: string, options?: StartOptions): Promise<string> {
  const server = await startServer(strategy(id), options)
  onTestFinished(async () => server.stop())
  return server.url
}

function failuresOf({ run: { failures } }: NewmanRunSummary): string[] {
  return failures.map(({ source, error }) => `${source?.name}: ${error.message}`)
}

/** What was sent and answered; a login for the second time counts once. */
function sentBy({ run: { executions } }: NewmanRunSummary): string[] {
  const lines = executions.map(({ request, response }) =>
    sentLine(request.method, request.url.toString(), response.code),
  )
  return [...new Set(lines)]
}

describe.each<[ServerKind, string]>([
  ['session', 'session-redis'],
  ['jwt', 'jwt-rotating'],
])('the collection of the %s server', (server, id) => {
  test(`runs on ${id} again and again, and sends every operation`, async () => {
    const url = await started(id, { env: { JWT_ACCESS_KEYS: keySet('ES256', 'public') } })
    for (let times = 0; times < 2; times += 1) {
      const summary = await run(collectionOf(server), url)
      expect(failuresOf(summary)).toEqual([])
      expect(sentBy(summary)).toEqual(contractLines(server))
    }
  })
})

describe.each<[ServerKind, string]>([
  ['session', 'session-cookie'],
  ['jwt', 'jwt-stateless'],
])('the collection of the %s server', (server, id) => {
  test(`takes it that ${id} has nothing to list`, async () => {
    const summary = await run(collectionOf(server), await started(id))
    expect(failuresOf(summary)).toEqual([])
    expect(sentBy(summary)).toEqual(contractLines(server, WITHOUT_STATE_AND_PUBLIC_KEYS))
  })

  test('finds a fault in every answer of a server that says 200 and {} to everything', async () => {
    const wrong = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1')
    onTestFinished(() => void wrong.close())
    await once(wrong, 'listening')
    const { port } = wrong.address() as AddressInfo
    const summary = await run(collectionOf(server), `http://127.0.0.1:${port}`)
    const { executions } = summary.run
    expect(executions.length).toBeGreaterThan(contractLines(server).length)
    expect(executions.filter(({ assertions }) => !assertions.some((it) => it.error))).toEqual([])
  })
})

describe('a collection of another contract fails', () => {
  const created = operations.find(({ id }) => id === 'createPost')!
  const example = { name: 'untitled', summary: '', value: { body: 'A post without a title.' } }

  test.each<[what: string, Partial<Operation>]>([
    ['path', { path: '/articles' }],
    ['status', { success: { jwt: { ...created.success.jwt!, status: 200 } } }],
    ['answer', { success: { jwt: { ...created.success.jwt!, example: { article: {} } } } }],
    ['example', { body: { schema: 'newPostRequest', examples: [example] } }],
  ])('with another %s', async (_what, change) => {
    const other = operations.map((it) => (it === created ? { ...it, ...change } : it))
    const summary = await run(collectionOf('jwt', other), await started('jwt-rotating'))
    expect(failuresOf(summary).join()).toContain('Write a post: ')
  })
})
