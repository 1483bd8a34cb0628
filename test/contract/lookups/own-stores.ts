import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeData } from '@session-vs-jwt/services'
import { migrate } from '@session-vs-jwt/workbench'
import { inject } from 'vitest'
import { startOwnPostgres, startOwnRedis } from '../../store-starts.js'

/** A PostgreSQL and a Redis that nobody else uses: what they count, the load has caused. */
export interface OwnStores {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly postgres: Awaited<ReturnType<typeof startOwnPostgres>>
  readonly redis: Awaited<ReturnType<typeof startOwnRedis>>
  stop(): Promise<void>
}

export async function startOwnStores(): Promise<OwnStores> {
  const folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-lookups-'))
  const started = await Promise.allSettled([startOwnPostgres(folder), startOwnRedis(folder)])
  const [postgres, redis] = started
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(async (it) => it.status === 'fulfilled' && it.value.stop()))
    await removeData(folder)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    if (postgres.status === 'rejected') throw postgres.reason
    if (redis.status === 'rejected') throw redis.reason
    await migrate(postgres.value.url, inject('timeoutFactor'))
    return {
      databaseUrl: postgres.value.url,
      redisUrl: redis.value.url,
      postgres: postgres.value,
      redis: redis.value,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
