import { createHash } from 'node:crypto'
import {
  anHourBefore,
  defineWrite,
  type RedisConnection,
  type SqlClient,
} from '@session-vs-jwt/stores'
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible'
import { AccountError } from './account-error.js'
import { normalizeEmail } from './user.js'

/**
 * Bounds the guesses at one account. A try takes its place before the password is looked at and gives
 * it back unless it failed, so that the bound also holds for tries that run at the same time.
 */
export interface LoginAttempts {
  /** @throws {AccountError} `too_many_attempts`, with the seconds to wait. */
  begin(email: string): Promise<void>
  /** The try did not fail: it does not count. */
  forgive(email: string): Promise<void>
}

export interface LoginAttemptsLimit {
  readonly failures: number
  readonly windowSeconds: number
}

export const loginAttemptsSchema: string = `
CREATE TABLE IF NOT EXISTS login_attempts (
  key varchar(255) PRIMARY KEY,
  points integer NOT NULL DEFAULT 0,
  expire bigint
);
`

/** The command that {@link redisLoginAttempts} sends, as its limiter calls it. */
export interface LoginAttemptsRedis {
  rlflxIncr(keyPointsAndSeconds: readonly [string, string, string, ...string[]]): Promise<unknown>
}

/**
 * The limiter's own script with a deadline: a try that was refused because Redis did not answer must not
 * count when Redis wakes up. A window that has longer to go than it lasts began before the clock was set back.
 */
export function defineLoginAttempts(connection: RedisConnection): LoginAttemptsRedis {
  defineWrite(connection.redis, 'countLoginAttempt', {
    numberOfKeys: 1,
    lua: `
if tonumber(ARGV[2]) < 0 and redis.call('EXISTS', KEYS[1]) == 0 then return { 0, 0 } end
redis.call('SET', KEYS[1], 0, 'EX', ARGV[3], 'NX')
if redis.call('PTTL', KEYS[1]) > ARGV[3] * 1000 then redis.call('EXPIRE', KEYS[1], ARGV[3]) end
return { redis.call('INCRBY', KEYS[1], ARGV[2]), redis.call('PTTL', KEYS[1]) }`,
  })
  const { countLoginAttempt } = connection.redis as unknown as Record<string, CountLoginAttempt>
  return {
    rlflxIncr: async ([key, points, seconds]) =>
      countLoginAttempt?.call(connection.redis, key, connection.deadline(), points, seconds),
  }
}

type CountLoginAttempt = (
  key: string,
  deadline: number,
  points: string,
  seconds: string,
) => Promise<unknown>

export function redisLoginAttempts(
  redis: LoginAttemptsRedis,
  limit: LoginAttemptsLimit,
): LoginAttempts {
  return countedBy(new RateLimiterRedis({ storeClient: redis, ...options(limit) }))
}

export function postgresLoginAttempts(sql: SqlClient, limit: LoginAttemptsLimit): LoginAttempts {
  return countedBy(
    new RateLimiterPostgres({
      storeClient: sql,
      storeType: 'client',
      tableName: 'login_attempts',
      tableCreated: true,
      clearExpiredByTimeout: false,
      ...options(limit),
    }),
  )
}

/** PostgreSQL forgets nothing by itself: this runs now and then, outside any request. */
export async function removeExpiredAttempts(sql: SqlClient): Promise<void> {
  await sql.query({
    name: 'login-attempts.remove-expired',
    text: 'DELETE FROM login_attempts WHERE expire < $1',
    // The limiter reads the system's clock, and so does this.
    values: [anHourBefore(new Date()).getTime()],
  })
}

/** For one process and tests: a second process counts for itself. */
export function memoryLoginAttempts(limit: LoginAttemptsLimit): LoginAttempts {
  return countedBy(new RateLimiterMemory(options(limit)))
}

function options(limit: LoginAttemptsLimit) {
  return { keyPrefix: 'login-attempts', points: limit.failures, duration: limit.windowSeconds }
}

/** A place given back as the window ends may reach the next one, which would begin below zero. */
const NEAR_THE_END_MS = 2_000

function countedBy(limiter: RateLimiterAbstract): LoginAttempts {
  const giveBack = async (email: string): Promise<void> => {
    const { consumedPoints } = await limiter.reward(accountKey(email))
    if (consumedPoints < 0) await limiter.penalty(accountKey(email))
  }
  return {
    async begin(email) {
      try {
        await limiter.consume(accountKey(email))
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal
        // A refused try was no guess: it gives its place back, or the next window would begin with it.
        if (refusal.msBeforeNext > NEAR_THE_END_MS) await giveBack(email)
        const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
        throw new AccountError('too_many_attempts', 'Too many failed logins.', seconds)
      }
    },
    async forgive(email) {
      await giveBack(email)
    },
  }
}

/** The counter's key tells nobody which addresses were tried. */
function accountKey(email: string): string {
  return createHash('sha256').update(normalizeEmail(email)).digest('base64url')
}
