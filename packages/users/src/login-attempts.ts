import { createHash } from 'node:crypto'
import type { SqlClient } from '@session-vs-jwt/stores'
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible'
import { AccountError } from './account-error.js'

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

/** The command that {@link redisLoginAttempts} sends. */
export interface LoginAttemptsRedis {
  rlflxIncr(...args: unknown[]): Promise<unknown>
}

/** The limiter defines its script when it meets the real client; what it leaves is all it needs. */
export function defineLoginAttempts(redis: unknown): LoginAttemptsRedis {
  const limiter = new RateLimiterRedis({ storeClient: redis, points: 1, duration: 1 })
  const { client } = limiter as unknown as { client: LoginAttemptsRedis }
  return { rlflxIncr: (...args) => client.rlflxIncr(...args) }
}

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

/** For one process and tests: a second process counts for itself. */
export function memoryLoginAttempts(limit: LoginAttemptsLimit): LoginAttempts {
  return countedBy(new RateLimiterMemory(options(limit)))
}

function options(limit: LoginAttemptsLimit) {
  return { keyPrefix: 'login-attempts', points: limit.failures, duration: limit.windowSeconds }
}

function countedBy(limiter: RateLimiterAbstract): LoginAttempts {
  return {
    async begin(email) {
      try {
        await limiter.consume(accountKey(email))
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal
        // A refused try was no guess: it gives its place back, or the next window would begin with it.
        await limiter.reward(accountKey(email))
        const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
        throw new AccountError('too_many_attempts', 'Too many failed logins.', seconds)
      }
    },
    async forgive(email) {
      await limiter.reward(accountKey(email))
    },
  }
}

/** The counter's key tells nobody which addresses were tried. */
function accountKey(email: string): string {
  return createHash('sha256').update(email.toLowerCase()).digest('base64url')
}
