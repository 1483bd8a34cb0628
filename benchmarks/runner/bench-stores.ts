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
  stop(): Promise<void>
}

/**
 * As durable as `npm start` has them: what a write costs is part of what is measured.
 *
 * @throws {ServiceError} where one cannot be had
 */
export async function startStores(
  folder: string,
  onProgress: (line: string) => void,
): Promise<BenchStores> {
  const findServer = () => findRedisProgram({ folder: workbenchFolder, onProgress })
  const started = await Promise.allSettled([
    startEmbeddedPostgres({ folder }),
    startRedisProcess({ folder, findServer }),
  ])
  const [postgres, redis] = started
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(async (it) => it.status === 'fulfilled' && it.value.stop()))
    await removeData(folder)
  }
  if (postgres.status === 'fulfilled' && redis.status === 'fulfilled') {
    await migrate(postgres.value.url)
    return { postgres: postgres.value, redis: redis.value, stop }
  }
  await stop()
  throw started.find((it) => it.status === 'rejected')?.reason
}
