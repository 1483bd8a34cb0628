import { setTimeout as sleep } from 'node:timers/promises'
import { paths } from '@session-vs-jwt/http-contract'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { Device, newAccount } from '../device.js'
import { RawConnection } from '../faults/raw-http.js'
import { startServer } from '../start-server.js'
import { type OwnStores, startOwnStores } from './lookups/own-stores.js'
import { strategy } from './matrix.js'

/** More than any client of a store waits by default, and less than the tests' servers wait. */
const PAUSE_MS = 1_500

let stores: OwnStores
beforeAll(async () => {
  stores = await startOwnStores()
})
afterAll(async () => stores?.stop())

/** What a registration is answered that meets a store which pauses. */
async function answerDuringPause(
  id: string,
  store: 'postgres' | 'redis',
  factor: number,
): Promise<number> {
  const server = await startServer(strategy(id), {
    env: {
      DATABASE_URL: stores.databaseUrl,
      REDIS_URL: stores.redisUrl,
      TIMEOUT_FACTOR: String(factor),
    },
  })
  onTestFinished(async () => server.stop())
  const device = new Device(server)
  // Opens connections, if the machine is quick enough for the default limits.
  await device.register(newAccount())
  await stores[store].pause()
  const answer = device.register(newAccount())
  await sleep(PAUSE_MS)
  await stores[store].resume()
  return (await answer).status
}

/** More than a request may take to arrive by default. */
const ARRIVAL_MS = 5_500

/** What a request is answered that takes its time to arrive. */
async function answerToSlowRequest(id: string, factor: number): Promise<number> {
  const server = await startServer(strategy(id), { env: { TIMEOUT_FACTOR: String(factor) } })
  onTestFinished(async () => server.stop())
  const connection = await RawConnection.open(server.url)
  connection.write(`GET ${paths.live} HTTP/1.1\r\nHost: a\r\n`)
  await sleep(ARRIVAL_MS)
  connection.write('Connection: close\r\n\r\n')
  return (await connection.reply()).status
}

describe.each(['session-redis', 'jwt-rotating'])('a server of the tests, %s', (id) => {
  test.each(['postgres', 'redis'] as const)(
    'waits for a slow %s, and its writes count',
    async (it) => {
      expect(await answerDuringPause(id, it, inject('timeoutFactor'))).toBe(201)
    },
  )

  test.each(['postgres', 'redis'] as const)(
    'has the limits of every server by default: %s',
    async (it) => {
      expect(await answerDuringPause(id, it, 1)).toBe(503)
    },
  )

  test('waits for a slow request, and a server with the default limits does not', async () => {
    const answers = [inject('timeoutFactor'), 1].map((it) => answerToSlowRequest(id, it))
    expect(await Promise.all(answers)).toEqual([200, 408])
  })
})
