import { paths } from '@session-vs-jwt/http-contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Device, newAccount, registered } from '../device.js'
import { timed, until } from './load.js'
import { BACK_WITHIN_MS, notRefused } from './promises.js'
import { type FaultServer, Stack } from './stack.js'

const STRATEGIES = ['session-redis', 'jwt-rotating'] as const

describe('a server that starts before its stores', () => {
  let stack: Stack

  beforeAll(async () => {
    stack = await Stack.start({ strategies: [], own: ['postgres', 'redis'] })
  })
  afterAll(async () => stack?.stop())

  const startAll = async (): Promise<FaultServer[]> =>
    Promise.all(STRATEGIES.map(async (id) => stack.startServer(id)))

  const register = async (server: FaultServer) =>
    timed(server.label, async () => new Device(server).register(newAccount()))

  const health = async (server: FaultServer, path: string): Promise<number> =>
    (await new Device(server).sendBare('GET', path)).status

  async function expectWaiting(servers: readonly FaultServer[]): Promise<void> {
    const answers = await Promise.all(servers.map(register))
    expect(answers.flatMap((it) => notRefused(it) ?? [])).toEqual([])
    for (const server of servers) {
      expect(await health(server, paths.live)).toBe(200)
      expect(await health(server, paths.ready)).toBe(503)
    }
  }

  async function expectReadySoon(servers: readonly FaultServer[]): Promise<void> {
    const isReady = async (it: FaultServer) => (await health(it, paths.ready)) === 200
    await Promise.all(
      servers.map(async (it) => until('ready', async () => isReady(it), BACK_WITHIN_MS)),
    )
    for (const server of servers) {
      const { device } = await registered(server)
      expect((await device.rotate()).status).toBe(200)
    }
  }

  test('both are away: it answers 503 and is ready when they come', async () => {
    await Promise.all([stack.postgres.kill(), stack.redis.kill()])
    const servers = await startAll()
    await expectWaiting(servers)
    await Promise.all([stack.postgres.restart(), stack.redis.restart()])
    await expectReadySoon(servers)
  })

  test('both sleep: it answers 503 and is ready when they wake', async () => {
    stack.postgres.pause()
    stack.redis.pause()
    try {
      const servers = await startAll()
      await expectWaiting(servers)
      stack.postgres.resume()
      stack.redis.resume()
      await expectReadySoon(servers)
    } finally {
      stack.postgres.resume()
      stack.redis.resume()
    }
  })

  test('both sleep when it is asked to stop: it leaves with code 0 all the same', async () => {
    const servers = await startAll()
    await Promise.all(servers.map(registered))
    stack.postgres.pause()
    stack.redis.pause()
    try {
      const startedAt = performance.now()
      const exits = await Promise.all(servers.map(async (it) => it.process.stop()))
      expect(exits).toEqual(servers.map(() => ({ code: 0, signal: null })))
      expect(performance.now() - startedAt).toBeLessThan(10_000)
    } finally {
      stack.postgres.resume()
      stack.redis.resume()
    }
  })
})
