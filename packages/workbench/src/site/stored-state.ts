import { redisKeys as familyKeys } from '@session-vs-jwt/jwt-server'
import type { StartedPostgres, StartedRedis } from '@session-vs-jwt/services'
import { redisKeys as sessionKeys } from '@session-vs-jwt/session-server'
import { connectPostgres, type SqlClient } from '@session-vs-jwt/stores/postgres'
import { connectRedis, type RedisConnection } from '@session-vs-jwt/stores/redis'
import type { ServerKind } from '../strategy.js'

/** Something that a store keeps about a user's logins, as it lies there. */
export interface StoredRecord {
  readonly what: string
  readonly key: string
  readonly value: string
}

/** Reads what the stores keep; changes nothing. */
export interface StoredState {
  read(server: ServerKind, userId: string): Promise<StoredRecord[]>
  stop(): Promise<void>
}

/** A look into the stores from outside, past both servers. */
export async function watchStores(
  postgres: StartedPostgres,
  redis: StartedRedis | undefined,
): Promise<StoredState> {
  const { sql, close } = connectPostgres({ url: postgres.url, poolSize: 1 })
  const connection = redis && (await connectRedis({ url: redis.url }))
  return {
    read: async (server, userId) => [
      ...(connection ? await inRedis(connection, server, userId).catch(unreachable) : []),
      ...(await inPostgres(sql, server, userId).catch(unreachable)),
    ],
    stop: async () => {
      await Promise.all([close(), connection?.close()])
    },
  }
}

/** A store that is stopped has nothing to show; the lane says so by its answers. */
function unreachable(): StoredRecord[] {
  return []
}

async function inRedis(
  connection: RedisConnection,
  server: ServerKind,
  userId: string,
): Promise<StoredRecord[]> {
  const { redis } = connection
  const records: StoredRecord[] = []
  const isSession = server === 'session'
  const { index, member } = isSession ? sessionKeys(connection, userId) : familyKeys(userId)
  const members = isSession ? await redis.hvals(index) : await redis.smembers(index)
  for (const id of members) {
    const key = member(id)
    const value = await (isSession ? redis.get(key) : redis.hgetall(key)).catch(textOfReply)
    const left = await redis.pttl(key)
    if (left < 0 || value === null) continue
    const what = isSession ? 'session' : 'refresh family'
    records.push({ what, key, value: `${readable(value)}\n\nexpires in ${seconds(left)}` })
  }
  for (const key of isSession ? [] : await redis.keys(familyKeys(userId).denied('*'))) {
    records.push({
      what: 'denied family',
      key,
      value: `expires in ${seconds(await redis.pttl(key))}`,
    })
  }
  const generation = isSession ? undefined : familyKeys(userId).generation
  const began = generation && (await redis.get(generation).catch(textOfReply))
  if (generation && began) {
    const left = seconds(await redis.pttl(generation))
    records.push({ what: 'generation', key: generation, value: `${began}\n\nexpires in ${left}` })
  }
  return records
}

/** A key of another type than ours is shown by what Redis says of it. */
function textOfReply(error: Error): string {
  if (error.name === 'ReplyError') return error.message
  throw error
}

/** What somebody else has written there may not be JSON. */
function readable(value: string | object): string {
  if (typeof value !== 'string') return JSON.stringify(value, undefined, 2)
  try {
    return JSON.stringify(JSON.parse(value), undefined, 2)
  } catch {
    return value
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`
}

const TABLES = {
  session: { what: 'session', table: 'sessions', key: "encode(id_hash, 'hex')" },
  jwt: { what: 'refresh family', table: 'refresh_families', key: 'id::text' },
} as const

async function inPostgres(
  sql: SqlClient,
  server: ServerKind,
  userId: string,
): Promise<StoredRecord[]> {
  const { what, table, key } = TABLES[server]
  const { rows } = await sql.query<{ key: string; row: object }>({
    text: `SELECT ${key} AS key, to_jsonb(t) AS row FROM public.${table} t WHERE user_id = $1`,
    values: [userId],
  })
  return rows.map((it) => ({ what, key: `${table} ${it.key}`, value: readable(it.row) }))
}
