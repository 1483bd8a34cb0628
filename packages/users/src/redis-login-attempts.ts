import { defineWrite, type KeyUse, type RedisConnection } from '@session-vs-jwt/stores/redis'
import {
  limitedBy,
  type LoginAttempts,
  type LoginAttemptsLimit,
  PLACES_PREFIX,
} from './login-attempts.js'

/** The keys of the attempts that are counted in Redis. */
export const LOGIN_ATTEMPTS_KEYS: readonly KeyUse[] = [{ prefix: PLACES_PREFIX, type: 'sortedSet' }]

/** The command that {@link redisLoginAttempts} sends. */
export interface LoginAttemptsRedis {
  holdLoginPlace(
    account: string,
    place: string,
    keepMs: number,
    windowMs: number,
    limit: number,
  ): Promise<number>
}

/**
 * An account's places are a sorted set, each scored with the millisecond in which it expires. A score
 * further away than the window dates from before the clock was set back.
 *
 * A full Redis refuses a script only at its first write, and only if that write may need memory. So a script
 * that takes a place begins with a ZADD that changes nothing.
 */
export function defineLoginAttempts({ redis, deadline }: RedisConnection): LoginAttemptsRedis {
  defineWrite(redis, 'holdLoginPlace', {
    numberOfKeys: 1,
    lua: `
local places, place = KEYS[1], ARGV[2]
local keep, window, limit = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local kind = redis.call('TYPE', places).ok
if kind ~= 'zset' and kind ~= 'none' then redis.call('DEL', places) end
if keep > 0 then redis.call('ZADD', places, 'XX', 0, '') end
local ms = math.floor(now[1] * 1000 + now[2] / 1000)
redis.call('ZREMRANGEBYSCORE', places, '-inf', ms)
for _, late in ipairs(redis.call('ZRANGEBYSCORE', places, '(' .. (ms + window), '+inf')) do
  redis.call('ZADD', places, ms + window, late)
end
if not redis.call('ZSCORE', places, place) and redis.call('ZCARD', places) >= limit then
  return redis.call('ZRANGE', places, 0, 0, 'WITHSCORES')[2] - ms
end
if keep > 0 then redis.call('ZADD', places, ms + keep, place) else redis.call('ZREM', places, place) end
local last = redis.call('ZRANGE', places, -1, -1, 'WITHSCORES')[2]
if last then redis.call('PEXPIREAT', places, last) end
return 0`,
  })
  const { holdLoginPlace } = redis as unknown as Record<'holdLoginPlace', HoldLoginPlace>
  return {
    holdLoginPlace: async (account, ...rest) =>
      holdLoginPlace.call(redis, account, deadline(), ...rest),
  }
}

type HoldLoginPlace = (
  account: string,
  deadline: number,
  place: string,
  keepMs: number,
  windowMs: number,
  limit: number,
) => Promise<number>

export function redisLoginAttempts(
  redis: LoginAttemptsRedis,
  limit: LoginAttemptsLimit,
): LoginAttempts {
  const windowMs = limit.windowSeconds * 1000
  return limitedBy(
    async (account, place, keepMs) =>
      redis.holdLoginPlace(account, place, keepMs, windowMs, limit.failures),
    limit,
  )
}
