import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { Device, registered } from '../device.js'
import { Load, percentile, timed } from './load.js'
import { Stack } from './stack.js'

const FLOOD = 300
/** Waiting and at work: the bound of the hashing queue, and room for those that come up meanwhile. */
const SERVED_AT_MOST = 200
/** The queue holds what is done in three seconds, which is little where others use the machine. */
const SERVED_AT_LEAST = 10

describe('a flood of logins', () => {
  let stack: Stack

  beforeAll(async () => {
    const urls = { databaseUrl: inject('databaseUrl'), redisUrl: inject('redisUrl') }
    // The limit of failed logins for an account is not what is tested here.
    const env = { BCRYPT_COST: '10', LOGIN_FAILURES: '100000' }
    stack = await Stack.start({ strategies: ['session-redis'], own: [], env, ...urls })
  })
  afterAll(async () => stack?.stop())

  test('a bounded number is served, the others get 503, and whoami stays quick', async () => {
    const server = stack.server('session-redis')
    const { device, account } = await registered(server)
    const load = new Load([async () => timed('whoami', device.whoami)], 5)
    const logins = Array.from({ length: FLOOD }, async () =>
      timed('login', async () => new Device(server).login(account)),
    )
    const answers = await Promise.all(logins)
    const identities = await load.stop()

    const served = answers.filter(({ status }) => status === 200)
    const refused = answers.filter(({ status }) => status !== 200)
    expect(served.length).toBeGreaterThanOrEqual(SERVED_AT_LEAST)
    expect(served.length).toBeLessThanOrEqual(SERVED_AT_MOST)
    for (const answer of refused) {
      expect([answer.status, answer.code, answer.contentType]).toEqual([
        503,
        'overloaded',
        'application/problem+json',
      ])
      expect(Number(answer.retryAfter)).toBeGreaterThan(0)
    }
    expect(new Set(identities.map(({ status }) => status))).toEqual(new Set([200]))
    const p99 = percentile(
      identities.map(({ ms }) => ms),
      0.99,
    )
    expect(p99).toBeLessThan(1_000)

    expect((await new Device(server).login(account)).status).toBe(200)
    expect(server.exit()).toBeUndefined()
  })
})
