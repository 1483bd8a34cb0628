import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { LoginAttempt, LoginAttempts } from '../src/login-attempts.js'
import { memoryLoginAttempts } from '../src/memory-login-attempts.js'
import { redisLoginAttempts } from '../src/redis-login-attempts.js'

const EMAIL = 'alice@example.org'
const LIMIT = { failures: 10, windowSeconds: 900 }
const REFUSED = { name: 'AccountError', code: 'too_many_attempts' }

let attempts: LoginAttempts
beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-01-02T03:04:05Z') })
  attempts = memoryLoginAttempts(LIMIT)
})
afterEach(() => {
  vi.useRealTimers()
})

/** The attempts of `times` that were let in. */
const begin = async (times: number, email = EMAIL): Promise<LoginAttempt[]> => {
  const results = await Promise.allSettled(
    Array.from({ length: times }, () => attempts.begin(email)),
  )
  return results.flatMap((it) => {
    if (it.status === 'fulfilled') return it.value
    expect(it.reason).toMatchObject(REFUSED)
    return []
  })
}

const fail = async (times: number, email = EMAIL): Promise<void> => {
  const begun = await begin(times, email)
  await Promise.all(begun.map(async (it) => it.fail()))
}

describe('the limit of failed logins (OWASP ASVS 5.0 6.3.1)', () => {
  test('lets exactly 10 of 100 parallel attempts begin', async () => {
    expect(await begin(100)).toHaveLength(10)
  })

  test('tells the seconds until the first failure expires', async () => {
    await fail(10)
    await expect(attempts.begin(EMAIL)).rejects.toMatchObject({ ...REFUSED, retryAfter: 900 })
    vi.advanceTimersByTime(899_500)
    await expect(attempts.begin(EMAIL)).rejects.toMatchObject({ ...REFUSED, retryAfter: 1 })
  })

  test('ends with the window', async () => {
    await fail(10)
    vi.advanceTimersByTime(899_999)
    expect(await begin(1)).toHaveLength(0)
    vi.advanceTimersByTime(1)
    expect(await begin(11)).toHaveLength(10)
  })

  test('allows 10 failures in any 15 minutes, also across the end of a window', async () => {
    await fail(1)
    vi.advanceTimersByTime(890_000)
    await fail(9)
    vi.advanceTimersByTime(10_000)
    await fail(1)
    expect(await begin(1)).toHaveLength(0)
  })

  test('is not extended by attempts that it refuses', async () => {
    await fail(10)
    for (let second = 0; second < 900; second += 100) {
      expect(await begin(5)).toHaveLength(0)
      vi.advanceTimersByTime(100_000)
    }
    expect(await begin(1)).toHaveLength(1)
  })

  test('does not count an attempt that is forgiven', async () => {
    for (let i = 0; i < 30; i += 1) for (const attempt of await begin(1)) await attempt.forgive()
    expect(await begin(30)).toHaveLength(10)
  })

  test('counts each account for itself, whatever the case of its email', async () => {
    await fail(10)
    expect(await begin(1, 'ALICE@Example.ORG')).toHaveLength(0)
    expect(await begin(1, 'bob@example.org')).toHaveLength(1)
  })

  test('has two settings: the number of failures and the window', async () => {
    attempts = memoryLoginAttempts({ failures: 2, windowSeconds: 20 })
    await fail(2)
    expect(await begin(1)).toHaveLength(0)
    vi.advanceTimersByTime(20_000)
    expect(await begin(1)).toHaveLength(1)
  })
})

describe('an attempt whose end the store never hears of', () => {
  test('frees its place within five seconds', async () => {
    await begin(10)
    await expect(attempts.begin(EMAIL)).rejects.toMatchObject({ ...REFUSED, retryAfter: 5 })
    vi.advanceTimersByTime(5_000)
    expect(await begin(1)).toHaveLength(1)
  })

  test('is still counted when it fails late', async () => {
    const late = await begin(1)
    vi.advanceTimersByTime(6_000)
    await late[0]?.fail()
    expect(await begin(30)).toHaveLength(9)
  })

  test('learns neither a yes nor a no once others have taken every place', async () => {
    const [wrong, right] = await begin(2)
    vi.advanceTimersByTime(6_000)
    await fail(10)
    await expect(wrong?.fail()).rejects.toMatchObject(REFUSED)
    await expect(right?.forgive()).rejects.toMatchObject(REFUSED)
  })
})

describe('the limit of failed logins in a store', () => {
  test('keeps no email: the key is a hash', async () => {
    const holdLoginPlace = vi.fn(async (..._args: unknown[]) => 0)
    await redisLoginAttempts({ holdLoginPlace }, LIMIT).begin(EMAIL)
    const sent = JSON.stringify(holdLoginPlace.mock.calls)
    expect(sent).toMatch(/"login-places:[\w-]{43}"/)
    expect(sent).not.toMatch(/alice|example/i)
  })

  test('passes on what the store throws', async () => {
    const down = new Error('Connection is closed.')
    const holdLoginPlace = vi.fn(async () => 0)
    const attempt = await redisLoginAttempts({ holdLoginPlace }, LIMIT).begin(EMAIL)
    holdLoginPlace.mockRejectedValue(down)
    await expect(attempt.fail()).rejects.toBe(down)
    await expect(attempt.forgive()).rejects.toBe(down)
    await expect(redisLoginAttempts({ holdLoginPlace }, LIMIT).begin(EMAIL)).rejects.toBe(down)
  })
})
