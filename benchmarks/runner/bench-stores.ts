import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type EmbeddedPostgres,
  findRedisProgram,
  type RedisProcess,
  removeData,
  startEmbeddedPostgres,
  startRedisProcess,
} from '@session-vs-jwt/services'
import { migrate, workbenchFolder } from '@session-vs-jwt/workbench'

/** A PostgreSQL and a Redis of this run alone: nobody's data are touched, and nobody else asks them. */
export interface BenchStores {
  readonly postgres: EmbeddedPostgres
  readonly redis: RedisProcess
  /** Ends both and removes what they kept. */
  stop(): Promise<void>
}

/**
 * As durable as `npm start` has them: what a write costs is part of what is measured. A Redis that had
 * to be unpacked is kept where `npm start` keeps it, for the next run.
 *
 * @throws {ServiceError} where one cannot be had
 */
export async function startStores(onProgress: (line: string) => void): Promise<BenchStores> {
  const folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-stores-'))
  const findServer = () => findRedisProgram({ folder: workbenchFolder, onProgress })
  const started = await Promise.allSettled([
    startEmbeddedPostgres({ folder }),
    startRedisProcess({ folder, findServer }),
  ])
  const [postgres, redis] = started
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(async (it) => it.status === 'fulfilled' && it.value.stop()))
    await removeData(folder)
    await rm(folder, { recursive: true, force: true })
  }
  if (postgres.status === 'fulfilled' && redis.status === 'fulfilled') {
    await migrate(postgres.value.url)
    return { postgres: postgres.value, redis: redis.value, stop }
  }
  await stop()
  throw started.find((it) => it.status === 'rejected')?.reason
}
