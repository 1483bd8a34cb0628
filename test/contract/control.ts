import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RedisContainer, RedisProcess } from '@session-vs-jwt/services'
import type { Strategy } from '@session-vs-jwt/workbench'
import { Client } from 'pg'
import { inject } from 'vitest'
import { newStandingClock } from '../movable-clock.js'
import { redisKeys } from '../redis-keys.js'
import { keySet, startServer, type TestServer } from '../start-server.js'
import { startOwnRedis } from '../store-starts.js'
import { hashingOf } from './hashing-of.js'
import type { Control, Instance, InstanceOptions, Target } from './suite/target.js'

/** A server of the tests, with everything in their hands. */
export function targetFor(strategy: Strategy, server: TestServer): Target {
  return {
    url: server.url,
    server: strategy.server,
    strategies: [strategy],
    hashingOf,
    control: {
      start: async (options) => startInstance(strategy, options),
      stateOf,
      asymmetricKeys,
    } satisfies Control,
  }
}

let rsaKeys: Record<string, string> | undefined

/** Settings with an RSA key for each kind of token, made once: that takes a second. */
export function asymmetricKeys(): Record<string, string> {
  rsaKeys ??= {
    JWT_ACCESS_KEYS: keySet('RS256', 'access'),
    JWT_REFRESH_KEYS: keySet('RS256', 'refresh'),
  }
  return rsaKeys
}

async function startInstance(
  strategy: Strategy,
  { env = {}, clock = newStandingClock(), ownRedis }: InstanceOptions = {},
): Promise<Instance> {
  const redis = ownRedis && (await startRedisThatMayDie())
  const settings = redis ? { ...env, REDIS_URL: redis.server.url } : env
  const server = await startServer(strategy, { env: settings, clock }).catch(
    async (error: unknown) => {
      await redis?.remove()
      throw error
    },
  )
  let isStopped = false
  return {
    url: server.url,
    clock: server.clock,
    stopRedis: async () => redis?.server.kill(),
    // A row may have stopped it, as a part of what it does.
    stop: async () => {
      if (isStopped) return
      isStopped = true
      await server.stop()
      await redis?.remove()
    },
  }
}

async function startRedisThatMayDie(): Promise<{
  server: RedisProcess | RedisContainer
  remove(): Promise<void>
}> {
  const folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-redis-'))
  const removeFolder = async (): Promise<void> => rm(folder, { recursive: true, force: true })
  const server = await startOwnRedis(folder).catch(async (error: unknown) => {
    await removeFolder()
    throw error
  })
  const remove = async (): Promise<void> => {
    await server.stop()
    await removeFolder()
  }
  return { server, remove }
}

async function withSql<T>(use: (sql: Client) => Promise<T>): Promise<T> {
  const sql = new Client(inject('databaseUrl'))
  await sql.connect()
  try {
    return await use(sql)
  } finally {
    await sql.end()
  }
}

/** Whatever the stores hold that names the user, but for the account and the posts. */
async function stateOf(userId: string): Promise<{ redis: number; postgres: number }> {
  const keys = await redisKeys(inject('redisUrl'), `*${userId}*`)
  return { redis: keys.length, postgres: await withSql((sql) => rowsOf(sql, userId)) }
}

async function rowsOf(sql: Client, userId: string): Promise<number> {
  const tables = await sql.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns WHERE column_name = 'user_id'`,
  )
  let found = 0
  for (const { name } of tables.rows) {
    const { rowCount } = await sql.query(`SELECT 1 FROM "${name}" WHERE user_id = $1`, [userId])
    found += rowCount ?? 0
  }
  return found
}
