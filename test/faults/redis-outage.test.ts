import { strategies } from '@session-vs-jwt/workbench'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { Device, registered } from '../device.js'
import { Load, timed, until } from './load.js'
import { expectNoLockAfterPause, expectRefusalAmidCheck } from './login-in-hand.js'
import { expectTrueLogouts } from './logouts.js'
import { describeOutage, describeRestart } from './outage.js'
import { Pacemaker } from './pacemaker.js'
import { BACK_WITHIN_MS } from './promises.js'
import { Stack } from './stack.js'

describe('Redis breaks', () => {
  let stack: Stack
  let pacemaker: Pacemaker

  beforeAll(async () => {
    const options = { own: ['redis'], databaseUrl: inject('databaseUrl') } as const
    stack = await Stack.start({ strategies: strategies.map(({ id }) => id), ...options })
  })
  afterAll(async () => stack?.stop())
  beforeEach(async () => {
    pacemaker = await Pacemaker.start()
  })
  afterEach(async () => pacemaker.stop())

  describeOutage('Redis paused', () => stack, 'redis', {
    strike: () => stack.redis.pause(),
    repair: () => stack.redis.resume(),
  })

  describeOutage('Redis killed', () => stack, 'redis', {
    strike: async () => stack.redis.kill(),
    repair: async () => stack.redis.restart(),
  })

  describeOutage('Redis full', () => stack, 'redis', {
    strike: async () => configure('maxmemory', '1'),
    repair: async () => configure('maxmemory', '0'),
    refuses: 'growth',
  })

  describeOutage('Redis without its replica', () => stack, 'redis', {
    strike: async () => configure('min-replicas-to-write', '1'),
    repair: async () => configure('min-replicas-to-write', '0'),
    refuses: 'writes',
  })

  describeRestart(
    'Redis restarted under load',
    () => stack,
    async () => stack.redis.restart(),
  )

  test('paused while a password is checked: the login is refused within a second of it', async () =>
    expectRefusalAmidCheck(stack, 'redis', pacemaker))

  test('paused while ten right passwords of one account are checked: they do not lock it', async () =>
    expectNoLockAfterPause(stack))

  test('killed under load: every login that was answered with success is there afterwards', async () => {
    const server = stack.server('session-redis')
    const { account } = await registered(server)
    const loggedInDevices: Device[] = []
    const load = new Load(
      Array.from({ length: 4 }, () => async () => {
        const newcomer = new Device(server)
        const answer = await timed('login', async () => newcomer.login(account))
        if (answer.status === 200) loggedInDevices.push(newcomer)
        return answer
      }),
      0,
    )
    await until('some are logged in', () => loggedInDevices.length >= 20, 15_000)
    await stack.redis.kill()
    await load.stop()
    await stack.redis.restart()
    const [last] = loggedInDevices.slice(-1)
    await until('back', async () => (await last?.whoami())?.status !== 503, BACK_WITHIN_MS)
    const statuses = loggedInDevices.slice(-40).map(async (it) => (await it.whoami()).status)
    expect([...new Set(await Promise.all(statuses))]).toEqual([200])
  })

  test.each(['session-redis', 'jwt-rotating', 'jwt-denylist'])(
    'paused amid logouts of %s: 204 is logged out, and 503 is as before',
    async (label) => expectTrueLogouts(stack.server(label), stack.redis, false),
  )

  async function configure(name: string, value: string): Promise<void> {
    const admin = new Redis(stack.redis.url)
    await admin.config('SET', name, value)
    admin.disconnect()
  }
})
