import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { paths } from '@session-vs-jwt/http-contract'
import { strategies } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { Device, loggedIn, registered } from '../device.js'
import { record, statusesOf } from './figures.js'
import { until } from './load.js'
import { inHand, knownAs, SLOW_HASH } from './login-in-hand.js'
import { Pacemaker } from './pacemaker.js'
import { RawConnection } from './raw-http.js'
import { type FaultServer, Stack } from './stack.js'

/** Clients that keep their connections, and as many that dial anew for each request. */
const LANES = 8
const LEAVES_WITHIN_MS = 10_000
const BUSY_MS = 150

/** What a request ended in: an answer, or the error that the connection gave. */
interface Outcome {
  readonly path: string
  readonly status: number
  readonly connection: string | undefined
  /** Whether its client keeps connections. */
  readonly keepAlive?: boolean
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
test.each(strategies)(
  '$id under load, asked to stop by SIGTERM: every request that it took is answered whole, and it leaves with code 0',
  async ({ id, promises }) => {
    const server = await stack.startServer(id)
    const { device } = await registered(server)
    const pacemaker = await Pacemaker.start()
    const { outcomes, lanes } = await underLoad(server, device)
    const stoppedAt = performance.now()
    const exit = await server.process.stop()
    const exitMs = performance.now() - stoppedAt
    await Promise.all([...lanes, pacemaker.stop()])
    const next = await stack.startServer(id)
    const { status: loginsAfter } = await device.at(next).whoami()
    await next.process.stop()

    const { lost, kept } = lostOf(outcomes)
    const answered = outcomes.filter(({ error }) => error === undefined)
    await record([
      {
        section: 'stop',
        fault: `SIGTERM with ${2 * LANES} clients`,
        strategy: id,
        answers: statusesOf(answered),
        lostKept: kept.length,
        lostDialled: lost.length - kept.length,
        exitMs,
        exitCode: String(exit.code),
        loginsAfter: loginsAfter === 200 ? 'kept' : 'lost',
      },
    ])
    expect(exit).toEqual({ code: 0, signal: null })
    expect(exitMs).toBeLessThan(LEAVES_WITHIN_MS)
    expectNoneLost(outcomes)
    // A store can be too slow on a machine that is busy with other things.
    const right = pacemaker.lateMs > BUSY_MS ? [200, 503] : [200]
    expect(answered.filter(({ status }) => !right.includes(status))).toEqual([])
    // The server says goodbye on every connection that it closes.
    const farewells = answered.filter((it) => it.keepAlive && it.connection === 'close')
    expect(farewells.length).toBeGreaterThanOrEqual(LANES)
    expect(loginsAfter).toBe(promises.afterRestart === 'kept' ? 200 : 401)
  },
)

test.each(SERVERS)(
  '%s under load, asked to stop again and again: it stops once, loses nothing, and leaves with code 0',
  async (id) => {
    const server = await stack.startServer(id)
    const { device } = await registered(server)
    const { outcomes, lanes } = await underLoad(server, device)
    const exit = server.process.stop()
    // One of them comes while the server takes what the kernel has taken already.
    const impatience = setInterval(() => void server.process.stop(), 1)
    try {
      expect(await exit).toEqual({ code: 0, signal: null })
    } finally {
      clearInterval(impatience)
    }
    await Promise.all(lanes)
    expectNoneLost(outcomes)
    const log = await server.log()
    expect(log.match(/"msg":"draining"/g)).toHaveLength(1)
    expect(log).not.toContain('could not close')
  },
)

describe.concurrent.each(SERVERS)('%s: asked to stop by SIGTERM', (id) => {
  test('with a slow login in flight: the login is finished, and says that the connection closes', async () => {
    const name = `${id} checks a password`
    const env = { ...SLOW_HASH, ...knownAs(name, stack.databaseUrl) }
    const server = await stack.startServer(id, env)
    const { account } = await registered(server)
    const agent = new Agent({ keepAlive: true })
    const basic = Buffer.from(`${account.email}:${account.password}`).toString('base64')
    const headers = { authorization: `Basic ${basic}` }
    const login = await inHand(inject('databaseUrl'), name, async () =>
      send(server, agent, { method: 'POST', path: paths.login, headers }),
    )
    const exit = server.process.stop()
    // Otherwise the client would send its next request on a connection that is about to be closed.
    const { status, connection } = await login.answer
    expect([status, connection]).toEqual([200, 'close'])
    expect(await exit).toEqual({ code: 0, signal: null })
    // And the login counts: another instance knows it.
    const other = await stack.startServer(id)
    const { body } = await (await loggedIn(other, account)).devices()
    expect(body.devices).toHaveLength(3)
  })

  test('on a connection that is open already: not ready any more, and the connection closes', async () => {
    const server = await stack.startServer(id)
    const connection = await RawConnection.open(server.url)
    const exit = server.process.stop()
    await refusesNewConnections(server)
    connection.write(`GET ${paths.ready} HTTP/1.1\r\nHost: a\r\n\r\n`)
    const { status, headers, body } = await connection.reply()
    expect([status, body.status, headers['connection']]).toEqual([503, 'draining', 'close'])
    expect(await exit).toEqual({ code: 0, signal: null })
  })

  test('with clients that are silent or slow: it does not wait for them beyond ten seconds', async () => {
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

/** Clients that ask until the server is gone, once each has had answers. */
async function underLoad(
  server: FaultServer,
  device: Device,
): Promise<{ outcomes: readonly Outcome[]; lanes: readonly Promise<void>[] }> {
  const outcomes: Outcome[] = []
  const lanes = Array.from({ length: 2 * LANES }, async (_, lane) => {
    const keepAlive = lane < LANES
    const agent = new Agent({ keepAlive, maxSockets: 1 })
    const path = [paths.whoami, paths.me, paths.posts][lane % 3] as string
    const isOver = ({ error }: Outcome): boolean =>
      error === 'ECONNREFUSED' || (keepAlive && error !== undefined)
    let last: Outcome
    do {
      last = await send(server, agent, { method: 'GET', path, headers: credentialOf(device) })
      outcomes.push({ ...last, keepAlive })
    } while (!isOver(last))
    agent.destroy()
  })
  await until('the load is on', () => outcomes.length > LANES * 6, 20_000)
  return { outcomes, lanes }
}

/** Whoever dials a server that is gone is told so at once. */
function lostOf(outcomes: readonly Outcome[]): { lost: Outcome[]; kept: Outcome[] } {
  const lost = outcomes.filter(({ error }) => error !== undefined && error !== 'ECONNREFUSED')
  return { lost, kept: lost.filter(({ keepAlive }) => keepAlive) }
}

function expectNoneLost(outcomes: readonly Outcome[]): void {
  const { lost, kept } = lostOf(outcomes)
  expect(kept).toEqual([])
  // One that dials anew is lost where the kernel had taken it and the server had not: before it was read.
  expect(lost.filter(({ error }) => error !== 'ECONNRESET')).toEqual([])
  expect(lost.length).toBeLessThanOrEqual(LANES)
}

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
