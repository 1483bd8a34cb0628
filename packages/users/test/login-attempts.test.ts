import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  type LoginAttempts,
  memoryLoginAttempts,
  redisLoginAttempts,
} from '../src/login-attempts.js'

const EMAIL = 'alice@example.org'

let attempts: LoginAttempts
beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-01-02T03:04:05Z') })
  attempts = memoryLoginAttempts({ failures: 10, windowSeconds: 900 })
})
afterEach(() => {
  vi.useRealTimers()
})

const beginTimes = async (times: number, email = EMAIL): Promise<string[]> => {
  const results = await Promise.allSettled(
    Array.from({ length: times }, () => attempts.begin(email)),
  )
  return results.map((it) => (it.status === 'fulfilled' ? 'begun' : it.reason.code))
}

describe('the limit of failed logins (OWASP ASVS 5.0 6.3.1)', () => {
  test('lets exactly 10 of 30 parallel tries begin', async () => {
    const results = await beginTimes(30)
    expect(results.filter((it) => it === 'begun')).toHaveLength(10)
    expect(results.filter((it) => it === 'too_many_attempts')).toHaveLength(20)
  })

  test('tells the seconds until the window ends', async () => {
    await beginTimes(10)
    const refused = { name: 'AccountError', code: 'too_many_attempts' }
    await expect(attempts.begin(EMAIL)).rejects.toMatchObject({ ...refused, retryAfter: 900 })
    vi.advanceTimersByTime(899_500)
    await expect(attempts.begin(EMAIL)).rejects.toMatchObject({ ...refused, retryAfter: 1 })
  })

  test('is over when the window is', async () => {
    await beginTimes(30)
    vi.advanceTimersByTime(899_999)
    expect(await beginTimes(1)).toStrictEqual(['too_many_attempts'])
    vi.advanceTimersByTime(1)
    expect(await beginTimes(11)).toStrictEqual([...Array(10).fill('begun'), 'too_many_attempts'])
  })

  test('is not prolonged by tries that it refuses', async () => {
    await beginTimes(10)
    for (let second = 0; second < 900; second += 100) {
      expect(await beginTimes(5)).not.toContain('begun')
      vi.advanceTimersByTime(100_000)
    }
    expect(await beginTimes(1)).toStrictEqual(['begun'])
  })

  test('a forgiven try does not count', async () => {
    for (let i = 0; i < 30; i += 1) {
      await attempts.begin(EMAIL)
      await attempts.forgive(EMAIL)
    }
    expect((await beginTimes(30)).filter((it) => it === 'begun')).toHaveLength(10)
  })

  test('refused tries leave the place of the one that is forgiven, and no more', async () => {
    await beginTimes(30)
    await attempts.forgive(EMAIL)
    expect(await beginTimes(2)).toStrictEqual(['begun', 'too_many_attempts'])
  })

  test('counts each account for itself, whatever the case of its email', async () => {
    await beginTimes(10)
    expect(await beginTimes(1, 'ALICE@Example.ORG')).toStrictEqual(['too_many_attempts'])
    expect(await beginTimes(1, 'bob@example.org')).toStrictEqual(['begun'])
  })

  test('its settings are the number of failures and the window', async () => {
    attempts = memoryLoginAttempts({ failures: 2, windowSeconds: 5 })
    expect(await beginTimes(3)).toStrictEqual(['begun', 'begun', 'too_many_attempts'])
    vi.advanceTimersByTime(5_000)
    expect(await beginTimes(1)).toStrictEqual(['begun'])
  })
})

describe('the limit of failed logins in a store', () => {
  test('keeps no email: the key is a hash', async () => {
    const rlflxIncr = vi.fn(async (..._args: unknown[]) => [1, 900_000])
    attempts = redisLoginAttempts({ rlflxIncr }, { failures: 10, windowSeconds: 900 })
    await attempts.begin(EMAIL)
    const sent = JSON.stringify(rlflxIncr.mock.calls)
    expect(sent).toMatch(/"login-attempts:[\w-]{43}"/)
    expect(sent).not.toMatch(/alice|example/i)
  })

  test('passes on what the store throws: a store that is down refuses every try', async () => {
    const down = new Error('Connection is closed.')
    const redis = { rlflxIncr: async () => Promise.reject(down) }
    attempts = redisLoginAttempts(redis, { failures: 10, windowSeconds: 900 })
    await expect(attempts.begin(EMAIL)).rejects.toBe(down)
    await expect(attempts.forgive(EMAIL)).rejects.toBe(down)
  })
})

/** The limiter's script on a store of one key, whose window ends when the test says so. */
function fakeRedis() {
  let points: number | undefined
  const gates: (() => void)[] = []
  let hold = false
  return {
    endWindow: () => (points = undefined),
    holdRewards: () => (hold = true),
    release: () => {
      hold = false
      for (const open of gates.splice(0)) open()
    },
    rlflxIncr: async (...args: unknown[]) => {
      const [, by] = args.flat() as string[]
      if (hold && Number(by) < 0) await new Promise<void>((resolve) => gates.push(resolve))
      // As countLoginAttempt has it: nothing is given back to a window that has not begun.
      if (Number(by) < 0 && points === undefined) return [0, 0]
      points = (points ?? 0) + Number(by)
      return [points, hold ? 1_000 : 900_000]
    },
  }
}

test('tries that are refused as the window ends buy no guesses in the next one', async () => {
  const redis = fakeRedis()
  const limited = redisLoginAttempts(redis, { failures: 10, windowSeconds: 900 })
  const begin = async (times: number) => {
    const all = await Promise.allSettled(
      Array.from({ length: times }, () => limited.begin('alice@example.org')),
    )
    return all.filter((it) => it.status === 'fulfilled').length
  }
  expect(await begin(10)).toBe(10)
  redis.holdRewards() // 100 refused tries: counted before the window ends, given back after it.
  const refused = begin(100)
  await vi.advanceTimersByTimeAsync(20)
  redis.endWindow()
  expect(await begin(1)).toBe(1) // The next window has begun.
  redis.release()
  expect(await refused).toBe(0)
  expect(await begin(500)).toBe(9)
})
