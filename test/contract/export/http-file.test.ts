import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ServerKind } from '@session-vs-jwt/http-contract'
import { describe, expect, onTestFinished, test } from 'vitest'
import { keySet, startServer, type StartOptions } from '../../start-server.js'
import { strategy } from '../matrix.js'
import { httpFile } from './http-file.js'
import { contractLines, sentLine, WITHOUT_STATE_AND_PUBLIC_KEYS } from './sent-requests.js'
import { walk } from './walk.js'

const require = createRequire(import.meta.url)

/** What `httpyac send --json` prints: as much of it as is used here. */
interface HttpyacReport {
  readonly summary: { readonly erroredRequests: number }
  readonly requests: readonly {
    readonly name: string
    /** Missing where the request was sent for the sake of another one. */
    readonly response?: {
      readonly statusCode: number
      readonly request: {
        readonly method: string
        readonly url: string
        readonly headers: Readonly<Record<string, string>>
      }
    }
  }[]
}

/** Sends every request of the file, as a person would: with the program itself. */
async function send(text: string): Promise<HttpyacReport> {
  const folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-http-'))
  onTestFinished(async () => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'server.http'), text)
  const program = require.resolve('httpyac/bin/httpyac.js')
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, 'send', 'server.http', '--all', '--json'],
    { cwd: folder, timeout: 240_000, maxBuffer: 16 * 1024 * 1024 },
  )
  return JSON.parse(stdout) as HttpyacReport
}

async function started(id: string, options?: StartOptions): Promise<string> {
  const server = await startServer(strategy(id), options)
  onTestFinished(async () => server.stop())
  return server.url
}

function sentBy({ requests }: HttpyacReport): string[] {
  return requests.flatMap(({ response }) =>
    response ? [sentLine(response.request.method, response.request.url, response.statusCode)] : [],
  )
}

describe.each<[ServerKind, string]>([
  ['session', 'session-redis'],
  ['jwt', 'jwt-rotating'],
])('the .http file of the %s server', (server, id) => {
  test(`is answered by ${id} as it says`, async () => {
    const url = await started(id, { env: { JWT_ACCESS_KEYS: keySet('ES256', 'public') } })
    const report = await send(httpFile(server, walk(server), url))
    expect(report.summary.erroredRequests).toBe(0)
    expect(sentBy(report)).toEqual(contractLines(server))
  })
})

describe.each<[ServerKind, string]>([
  ['session', 'session-cookie'],
  ['jwt', 'jwt-stateless'],
])('the .http file of the %s server', (server, id) => {
  test(`is answered by ${id}, which has nothing to list`, async () => {
    const report = await send(httpFile(server, walk(server), await started(id)))
    expect(report.summary.erroredRequests).toBe(0)
    expect(sentBy(report)).toEqual(contractLines(server, WITHOUT_STATE_AND_PUBLIC_KEYS))
  })
})

test('after a logout, the .http file of the JWT server sends the token of the new login', async () => {
  const report = await send(httpFile('jwt', walk('jwt'), await started('jwt-denylist')))
  const tokens = ['endDevice', 'logout', 'logoutAll'].map((name) => {
    const { response } = report.requests.find((it) => it.name === name) ?? {}
    return [response?.statusCode, response?.request.headers['authorization']] as const
  })
  expect(tokens.map(([status]) => status)).toEqual([204, 204, 204])
  expect(new Set(tokens.map(([, token]) => token)).size).toBe(3)
})
