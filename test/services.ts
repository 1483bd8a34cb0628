import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  removeData,
  startPostgres,
  type StartedPostgres,
  type StartedRedis,
  startRedis,
} from '@session-vs-jwt/services'
import { migrate } from '@session-vs-jwt/workbench'
import type { TestProject } from 'vitest/node'
import { findServer, wantedImages } from './store-starts.js'

declare module 'vitest' {
  interface ProvidedContext {
    databaseUrl: string
    /** Empty where no Redis can be had: tests that need one fail, and say so. */
    redisUrl: string
  }
}

/** One PostgreSQL and one Redis for the whole run, in a folder that goes with them. */
export default async function startServices(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-test-'))
  const started = await Promise.allSettled(startBoth(folder))
  const [postgres, redis] = started
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(async (it) => it.status === 'fulfilled' && it.value?.stop()))
    await removeData(folder)
    await rm(folder, { recursive: true, force: true })
  }
  if (postgres.status === 'fulfilled' && redis.status === 'fulfilled') {
    await migrate(postgres.value.url)
    project.provide('databaseUrl', postgres.value.url)
    project.provide('redisUrl', redis.value?.url ?? '')
    return stop
  }
  await stop()
  throw started.find((it) => it.status === 'rejected')?.reason
}

/** Services that are given are used, and left as they are but for rows and keys of the tests. */
function startBoth(folder: string): [Promise<StartedPostgres>, Promise<StartedRedis | undefined>] {
  const images = wantedImages()
  const options = { folder, durable: false }
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = process.env
  return [
    startPostgres({ ...options, databaseUrl, image: images.postgres }),
    startRedis({ ...options, findServer, redisUrl, image: images.redis }),
  ]
}
