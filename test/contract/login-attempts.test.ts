import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { connectPostgres } from '@session-vs-jwt/stores/postgres'
import { connectRedis } from '@session-vs-jwt/stores/redis'
import { isStoreUnavailable } from '@session-vs-jwt/stores'
import {
  accountKey,
  defineLoginAttempts,
  type LoginAttempt,
  type LoginAttempts,
  postgresLoginAttempts,
  redisLoginAttempts,
} from '@session-vs-jwt/users'
import { Redis } from 'ioredis'
import { afterAll, afterEach, describe, expect, inject, test, vi } from 'vitest'

/** An attempt is undecided for 5 s by default. */
const LIMIT = { failures: 10, windowSeconds: 900 }
const REFUSED = { code: 'too_many_attempts' }

const timeoutFactor = inject('timeoutFactor')
const redis = await connectRedis({ url: inject('redisUrl'), timeoutFactor })
const postgres = connectPostgres({
  url: inject('databaseUrl'),
  onIdleError: () => undefined,
  timeoutFactor,
})
await postgres.warmUp()
afterAll(async () => {
  await Promise.all([redis.close(), postgres.close()])
})

const redisStore = defineLoginAttempts(redis)
const limit = { ...LIMIT, timeoutFactor }
const inRedis = redisLoginAttempts(redisStore, limit)
const inPostgres = postgresLoginAttempts(postgres.sql, limit)
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

/** @param seconds from now on, less what has passed since `startedAt` */
async function expectRefused(
  attempts: LoginAttempts,
  email: string,
  seconds: number,
  startedAt: number,
): Promise<void> {
  const error: { retryAfter?: number } = await attempts.begin(email).then(
    () => ({}),
    (it: object) => it,
  )
  expect(error).toMatchObject(REFUSED)
  const passed = Math.ceil((performance.now() - startedAt) / 1000)
  expect(error.retryAfter).toBeLessThanOrEqual(seconds)
  expect(error.retryAfter).toBeGreaterThanOrEqual(seconds - passed)
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
  ['Redis', inRedis, redisLoginAttempts(redisStore, LIMIT)],
  ['PostgreSQL', inPostgres, postgresLoginAttempts(postgres.sql, LIMIT)],
])('login attempts in %s', (_store, attempts, undecidedForSeconds) => {
  test('of 100 at once no more than 10 begin', async () => {
    expect((await begin(attempts, anEmail(), 100)).length).toBeLessThanOrEqual(10)
  })

  test('only those that fail keep their places', async () => {
    const email = anEmail()
    const [right, ...wrong] = await beginInTurn(attempts, email, 12)
    expect(wrong).toHaveLength(9)
    await right?.forgive()
    for (const attempt of wrong) await attempt.fail()
    const startedAt = performance.now()
    expect(await beginInTurn(attempts, email, 3)).toHaveLength(1)
    await expectRefused(attempts, email, 5 * timeoutFactor, startedAt)
  })

  test('ten failures lock the account for the window', async () => {
    const email = anEmail()
    const startedAt = performance.now()
    for (const attempt of await beginInTurn(attempts, email, 10)) await attempt.fail()
    await expectRefused(attempts, email, 900, startedAt)
  })

  test('a place whose attempt never ended is free after seconds', async () => {
    const email = anEmail()
    const [wrong, right] = await beginInTurn(undecidedForSeconds, email, 10)
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

describe('what somebody has overwritten in the store', () => {
  const expectCounted = async (attempts: LoginAttempts, email: string): Promise<void> => {
    const startedAt = performance.now()
    for (const attempt of await beginInTurn(attempts, email, 11)) await attempt.fail()
    await expectRefused(attempts, email, 900, startedAt)
  }

  test.each([
    'null',
    '[]',
    '7',
    '"soon"',
    '{"a": null}',
    '{"a": "soon"}',
    '{"a": [1]}',
    '{"a": 1e300}',
    '{"a": -1.5}',
  ])('holds no place for ever in PostgreSQL: %s', async (places) => {
    const email = anEmail()
    const [first] = await beginInTurn(inPostgres, email, 1)
    await first?.forgive()
    await postgres.sql.query({
      name: 'test.overwrite-places',
      text: 'UPDATE public.login_attempts SET places = $2::jsonb WHERE key = $1',
      values: [accountKey(email), places],
    })
    await expectCounted(inPostgres, email)
  })

  test.each(['text', 'list'])('holds no place for ever in Redis: a %s', async (kind) => {
    const email = anEmail()
    const key = accountKey(email)
    const client = new Redis(inject('redisUrl'))
    await (kind === 'text' ? client.set(key, 'x') : client.rpush(key, 'x'))
    client.disconnect()
    await expectCounted(inRedis, email)
  })
})
