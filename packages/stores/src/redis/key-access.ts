import { Cluster } from 'ioredis'
import { defineWrite, type RedisConnection } from './redis.js'

/** A kind of key that a server keeps in Redis: how its name begins, and what it holds. */
export interface KeyUse {
  readonly prefix: string
  readonly type: keyof typeof TRIES
}

/** The commands that requests send to a key of each type. Few of them write: each write is replicated. */
const TRIES = {
  string: '',
  hash: `redis.call('HGET', key, 'a') redis.call('HMGET', key, 'a')
redis.call('HGETALL', key) redis.call('HDEL', key, 'a')
redis.call('HSET', key, 'a', 1) redis.call('DEL', key)`,
  set: `redis.call('SMEMBERS', key) redis.call('SREM', key, 'a')
redis.call('SADD', key, 'a') redis.call('DEL', key)`,
  sortedSet: `redis.call('ZSCORE', key, 'a') redis.call('ZCARD', key) redis.call('ZREM', key, 'a')
redis.call('ZRANGE', key, 0, 0, 'WITHSCORES') redis.call('ZRANGEBYSCORE', key, 0, 0)
redis.call('ZREMRANGEBYSCORE', key, 0, 0) redis.call('PEXPIREAT', key, 1)
redis.call('ZADD', key, 1, 'a') redis.call('DEL', key)`,
} as const

/**
 * The key is not there yet, so these change nothing. SET comes first: a full Redis refuses a script at its
 * first write, and none after it.
 */
const ON_EVERY_KEY = `redis.call('SET', key, '', 'PX', 1, 'XX')
redis.call('EXISTS', key) redis.call('TYPE', key) redis.call('GET', key)
redis.call('PTTL', key) redis.call('PEXPIRE', key, 1) redis.call('DEL', key)`

/** The command of {@link keyAccess}. */
export interface KeyAccess {
  checkAccess(): Promise<unknown>
}

/**
 * A script that does to one key of each kind what requests do, and removes it. It fails if the ACL forbids
 * a command or a key, if Redis is full or read-only, or if it lacks a command. Of a cluster, any master
 * will do: the others serve their part of the users.
 */
export function keyAccess(
  { redis, deadline }: RedisConnection,
  uses: readonly KeyUse[],
): KeyAccess {
  const tries = uses.map(({ type }, i) => `key = KEYS[${i + 1}]\n${ON_EVERY_KEY}\n${TRIES[type]}`)
  const lua = ['local key', ...tries, 'return 1'].join('\n')
  defineWrite(redis, 'checkAccess', { numberOfKeys: uses.length, lua })
  const { checkAccess } = redis as unknown as Record<string, Script>
  const check = async (tag: string): Promise<unknown> =>
    checkAccess?.call(redis, ...uses.map(({ prefix }) => `${prefix}{${tag}}`), deadline())
  const tags = redis instanceof Cluster ? CLUSTER_TAGS : ['access']
  return { checkAccess: async () => Promise.any(tags.map(check)) }
}

type Script = (...keysAndArguments: (string | number)[]) => Promise<unknown>

/** In slots all over the cluster, so that no master that is down has them all. */
const CLUSTER_TAGS = ['access-0', 'access-1', 'access-2', 'access-3', 'access-4', 'access-5']
