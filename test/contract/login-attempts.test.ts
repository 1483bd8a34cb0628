import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { connectPostgres, connectRedis, isStoreUnavailable } from '@session-vs-jwt/stores'
import {
  defineLoginAttempts,
  type LoginAttempt,
  type LoginAttempts,
  postgresLoginAttempts,
  redisLoginAttempts,
} from '@session-vs-jwt/users'
import { afterAll, afterEach, describe, expect, inject, test, vi } from 'vitest'

const LIMIT = { failures: 10, windowSeconds: 900 }
const REFUSED = { code: 'too_many_attempts' }

const redis = await connectRedis({ url: inject('redisUrl') })
const postgres = connectPostgres({ url: inject('databaseUrl'), onIdleError: () => undefined })
await postgres.warmUp()
afterAll(async () => {
  await Promise.all([redis.close(), postgres.close()])
})

const inRedis = redisLoginAttempts(defineLoginAttempts(redis), LIMIT)
const inPostgres = postgresLoginAttempts(postgres.sql, LIMIT)
const anEmail = (): string => `${randomBytes(6).toString('hex')}@example.org`

/** The attempts of `times` that were let in. The others were refused, or a busy store did not answer them. */
async function begin(
  attempts: LoginAttempts,
  email: string,
  times: number,
): Promise<LoginAttempt[]> {
  const results = await Promise.allSettled(
    Array.from({ length: times }, async () => attempts.begin(email)),
  )
  return results.flatMap((it) => {
    if (it.status === 'fulfilled') return it.value
    if (!isStoreUnavailable(it.reason)) expect(it.reason).toMatchObject(REFUSED)
    return []
  })
}

/** The same, one after the other, so that no connection is missing. */
async function beginInTurn(
  attempts: LoginAttempts,
  email: string,
  times: number,
): Promise<LoginAttempt[]> {
  const begun: LoginAttempt[] = []
  for (let i = 0; i < times; i += 1) begun.push(...(await begin(attempts, email, 1)))
  return begun
}

describe.each([
  ['Redis', inRedis],
  ['PostgreSQL', inPostgres],
])('login attempts in %s', (_store, attempts) => {
  test('of 100 at once no more than 10 begin', async () => {
    expect((await begin(attempts, anEmail(), 100)).length).toBeLessThanOrEqual(10)
  })

  test('only those that fail keep their places', async () => {
    const email = anEmail()
    const [right, ...wrong] = await beginInTurn(attempts, email, 12)
    expect(wrong).toHaveLength(9)
    await right?.forgive()
    for (const attempt of wrong) await attempt.fail()
    expect(await beginInTurn(attempts, email, 3)).toHaveLength(1)
    const soon = expect.objectContaining({ ...REFUSED, retryAfter: 5 })
    await expect(attempts.begin(email)).rejects.toEqual(soon)
  })

  test('ten failures lock the account for the window', async () => {
    const email = anEmail()
    for (const attempt of await beginInTurn(attempts, email, 10)) await attempt.fail()
    const refused = expect.objectContaining({ ...REFUSED, retryAfter: 900 })
    await expect(attempts.begin(email)).rejects.toEqual(refused)
  })

  test('a place whose attempt never ended is free after seconds', async () => {
    const email = anEmail()
    const [wrong, right] = await beginInTurn(attempts, email, 10)
    await delay(5_100) // A store's own clock can't be moved from here.
    const others = await beginInTurn(attempts, email, 12)
    expect(others).toHaveLength(10)
    await expect(wrong?.fail()).rejects.toMatchObject(REFUSED)
    await expect(right?.forgive()).rejects.toMatchObject(REFUSED)
    await Promise.all(others.map(async (it) => it.forgive()))
    await expect(right?.forgive()).resolves.toBeUndefined()
  })
})

describe('a clock that was set back an hour does not extend the lock', () => {
  afterEach(() => void vi.useRealTimers())

  test('in PostgreSQL, where places expire by the clock of the server', async () => {
    const email = anEmail()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
    for (const attempt of await beginInTurn(inPostgres, email, 10)) await attempt.fail()
    vi.useRealTimers()
    expect(await beginInTurn(inPostgres, email, 1)).toHaveLength(0)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 901_000 })
    expect(await beginInTurn(inPostgres, email, 11)).toHaveLength(10)
  })
})
