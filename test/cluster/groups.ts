import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type RedisProcess,
  startRedisCluster,
  startRedisWithSentinels,
} from '@session-vs-jwt/services'
import { Redis } from 'ioredis'
import { until } from '../faults/load.js'
import { findServer } from '../store-starts.js'

/** Servers of which one takes the place of another that is lost. */
export interface RedisGroup {
  readonly url: string
  readonly servers: readonly RedisProcess[]
  /** The replica of each server that was a master at the start, by its place in `servers`. */
  readonly replicaOf: (master: number) => RedisProcess
  stop(): Promise<void>
}

export type GroupKind = 'cluster' | 'sentinels'

/** A group with a folder that goes with it. What was acknowledged outlives a kill, as far as one server can. */
export async function startGroup(kind: GroupKind): Promise<RedisGroup> {
  const folder = await mkdtemp(join(tmpdir(), `session-vs-jwt-${kind}-`))
  const started =
    kind === 'cluster'
      ? await startRedisCluster({ folder, findServer })
      : await startRedisWithSentinels({ folder, findServer })
  const servers = 'nodes' in started ? started.nodes : started.servers
  return {
    url: started.url,
    servers,
    replicaOf: (master) => servers[master + servers.length / 2] as RedisProcess,
    stop: async () => {
      await started.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Waits until `server` is a master; tells when, in milliseconds on the monotonic clock. */
export async function promoted(server: RedisProcess, withinMs: number): Promise<number> {
  await withServer(server, async (redis) =>
    until(
      'promoted',
      async () => ((await redis.call('ROLE')) as string[])[0] === 'master',
      withinMs,
    ),
  )
  return performance.now()
}

/** Waits until `server` follows a master and has its data. */
export async function follows(server: RedisProcess, withinMs: number): Promise<void> {
  await withServer(server, async (redis) =>
    until(
      'a replica in step',
      async () => /^master_link_status:up/m.test(await redis.info('replication')),
      withinMs,
    ),
  )
}

export async function withServer<T>(
  { url }: RedisProcess,
  use: (redis: Redis) => Promise<T>,
): Promise<T> {
  const redis = new Redis(url)
  try {
    return await use(redis)
  } finally {
    redis.disconnect()
  }
}
