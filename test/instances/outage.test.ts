import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findRedisProgram, type RedisProcess, startRedisProcess } from '@session-vs-jwt/services'
import { strategyById, type StrategyId } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Device, registered } from '../device.js'
import { timed, until } from '../faults/load.js'
import { Fleet } from './fleet.js'

let folder: string
let redis: RedisProcess

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-outage-'))
  const findServer = () => findRedisProgram({ folder: '.workbench' })
  redis = await startRedisProcess({ folder, findServer })
})
afterAll(async () => {
  await redis?.stop()
  await rm(folder, { recursive: true, force: true })
})

const STRATEGIES: readonly StrategyId[] = ['session-redis', 'jwt-rotating']

describe.each(STRATEGIES)('%s: the store that all instances share is away', (id) => {
  let fleet: Fleet
  beforeAll(async () => {
    fleet = await Fleet.start(strategyById(id), { redisUrl: redis.url })
  })
  afterAll(async () => {
    await fleet?.stop()
    await redis.restart()
  })

  test('the instances answer as each would alone, and all is back with the store', async () => {
    const { device, account } = await registered(fleet)
    const { withoutRedis } = fleet.strategy.promises
    await redis.kill()
    // Before the balancer has noticed, and after: no instance is ready then.
    await expectAsAlone(device, withoutRedis)
    await until('none is ready', async () => (await fleet.balancer.ready()).length === 0, 10_000)
    await expectAsAlone(device, withoutRedis)
    const login = await timed('login', async () => new Device(fleet).login(account))
    expect([login.status, login.code]).toEqual([503, 'store_unavailable'])
    expect((await device.sendBare('GET', '/health/live')).status).toBe(200)

    // No time to replace one: nobody could take over.
    await expect(fleet.rollingRestart()).rejects.toThrow(
      'No instance is ready that could take over',
    )

    await redis.restart()
    await until('all are ready', async () => (await fleet.balancer.ready()).length === 3, 10_000)
    expect((await device.rotate()).status).toBe(200)
  })
})

async function expectAsAlone(
  device: Device,
  withoutRedis: 'served' | 'unavailable',
): Promise<void> {
  for (const _ of [1, 2, 3]) {
    const { status, code, retryAfter } = await timed('whoami', device.whoami)
    const seen = status === 200 ? 'served' : code
    expect(seen).toBe(withoutRedis === 'served' ? 'served' : 'store_unavailable')
    expect(retryAfter !== undefined).toBe(status === 503)
  }
}
