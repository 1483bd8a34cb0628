import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { paths } from '@session-vs-jwt/http-kit'
import { afterAll, beforeAll, describe, inject, test } from 'vitest'
import { Device, loggedIn, registered } from '../device.js'
import { until } from './load.js'
import { RawConnection } from './raw-http.js'
import { type FaultServer, Stack } from './stack.js'

/** Lanes of a client that keeps its connections. */
const LANES = 12
const LEAVES_WITHIN_MS = 10_000

/** What a request ended in: an answer, or the error that the connection gave. */
interface Outcome {
  readonly path: string
  readonly status: number
  readonly connection: string | undefined
  readonly error: string | undefined
  /** Whether the connection had carried a request before. */
  readonly reused: boolean
}

let stack: Stack

beforeAll(async () => {
  const urls = { databaseUrl: inject('databaseUrl'), redisUrl: inject('redisUrl') }
  stack = await Stack.start({ strategies: [], own: [], ...urls })
})
afterAll(async () => stack?.stop())

const SERVERS = ['session-redis', 'jwt-rotating'] as const

// One after the other: servers that start meanwhile would take the processor from the one under load.
describe.each(SERVERS)('%s: asked to stop by SIGTERM', (id) => {
  test('under load: every request that it took is answered whole, and it leaves with code 0', async ({
    expect,
  }) => {
    const server = await stack.startServer(id)
    const { device } = await registered(server)
    const outcomes: Outcome[] = []
    const lanes = Array.from({ length: LANES }, async (_, lane) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      const path = [paths.whoami, paths.me, paths.posts][lane % 3] as string
      let last: Outcome
      do {
        last = await send(server, agent, { method: 'GET', path, headers: credentialOf(device) })
        outcomes.push(last)
      } while (last.error === undefined)
      agent.destroy()
    })
    await until('the load is on', () => outcomes.length > LANES * 3, 20_000)
    const stoppedAt = performance.now()
    const exit = await server.process.stop()
    const tookMs = performance.now() - stoppedAt
    await Promise.all(lanes)

    expect(exit).toEqual({ code: 0, signal: null })
    expect(tookMs).toBeLessThan(LEAVES_WITHIN_MS)
    // Whoever dials a server that is gone is told so at once; nothing else may go wrong.
    expect(outcomes.filter(({ error }) => error !== undefined && error !== 'ECONNREFUSED')).toEqual(
      [],
    )
    expect(outcomes.filter(({ error, status }) => error === undefined && status !== 200)).toEqual(
      [],
    )
    // The server says goodbye on every connection that it closes.
    const farewells = outcomes.filter(({ connection }) => connection === 'close')
    expect(farewells.length).toBeGreaterThanOrEqual(LANES)
  })
})

describe.concurrent.each(SERVERS)('%s: asked to stop by SIGTERM', (id) => {
  test('with a slow login in flight: the login is finished, and says that the connection closes', async ({
    expect,
  }) => {
    const server = await stack.startServer(id, { BCRYPT_COST: '12' })
    const { account } = await registered(server)
    const agent = new Agent({ keepAlive: true })
    const basic = Buffer.from(`${account.email}:${account.password}`).toString('base64')
    const headers = { authorization: `Basic ${basic}` }
    const login = send(server, agent, { method: 'POST', path: paths.login, headers })
    await sleep(100)
    const exit = server.process.stop()
    // Otherwise the client would send its next request on a connection that is about to be closed.
    const { status, connection } = await login
    expect([status, connection]).toEqual([200, 'close'])
    expect(await exit).toEqual({ code: 0, signal: null })
    // And the login counts: another instance knows it.
    const other = await stack.startServer(id)
    const { body } = await (await loggedIn(other, account)).devices()
    expect(body.devices).toHaveLength(3)
  })

  test('on a connection that is open already: not ready any more, and the connection closes', async ({
    expect,
  }) => {
    const server = await stack.startServer(id)
    const connection = await RawConnection.open(server.url)
    const exit = server.process.stop()
    await refusesNewConnections(server)
    connection.write(`GET ${paths.ready} HTTP/1.1\r\nHost: a\r\n\r\n`)
    const { status, headers, body } = await connection.reply()
    expect([status, body.status, headers['connection']]).toEqual([503, 'draining', 'close'])
    expect(await exit).toEqual({ code: 0, signal: null })
  })

  test('with clients that are silent or slow: it does not wait for them beyond ten seconds', async ({
    expect,
  }) => {
    const server = await stack.startServer(id)
    const silent = await RawConnection.open(server.url)
    const slow = await RawConnection.open(server.url)
    slow.write(`POST ${paths.register} HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n`)
    const startedAt = performance.now()
    const exit = await server.process.stop()
    expect(exit).toEqual({ code: 0, signal: null })
    expect(performance.now() - startedAt).toBeLessThan(LEAVES_WITHIN_MS)
    await Promise.all([silent.closed, slow.closed])
  })
})

async function refusesNewConnections({ url }: FaultServer): Promise<void> {
  for (;;) {
    const connection = await RawConnection.open(url).catch(() => undefined)
    if (!connection) return
    connection.end()
    await sleep(5)
  }
}

function credentialOf({ client, access }: Device): Record<string, string> {
  return client.server === 'session' ? { cookie: access } : { authorization: `Bearer ${access}` }
}

/** One request on a connection of `agent`, which is used again if the server lets it. */
async function send(
  { url }: FaultServer,
  agent: Agent,
  { path, ...options }: { method: string; path: string; headers: Record<string, string> },
): Promise<Outcome> {
  return new Promise((resolve) => {
    const outgoing = request(url + path, { agent, ...options })
    const end = (status: number, connection?: string, error?: string): void =>
      resolve({
        path,
        status,
        connection,
        error,
        reused: outgoing.reusedSocket,
      })
    outgoing.on('error', (error: NodeJS.ErrnoException) => end(0, undefined, error.code))
    outgoing.on('response', (response) => {
      let length = 0
      response.on('data', (chunk: Buffer) => (length += chunk.length))
      response.on('error', (error: NodeJS.ErrnoException) => end(0, undefined, error.code))
      response.on('end', () => {
        const whole = response.complete && length === Number(response.headers['content-length'])
        end(response.statusCode ?? 0, response.headers.connection, whole ? undefined : 'cut short')
      })
    })
    outgoing.end()
  })
}
