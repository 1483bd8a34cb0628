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
    /** The servers of this project multiply their time limits by it. */
    timeoutFactor: number
  }
}

/**
 * One PostgreSQL and one Redis for the whole run, in a folder that goes with them. Services that are
 * given are used, and left as they are but for rows and keys of the tests.
 */
export default async function startServices(project: TestProject): Promise<() => Promise<void>> {
  return startStores(project, process.env['REDIS_URL'])
}

/** The same, on a Redis that is there already. */
export async function startStores(
  project: TestProject,
  redisUrl: string | undefined,
): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-test-'))
  const started = await Promise.allSettled(startBoth(folder, redisUrl))
  const [postgres, redis] = started
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(async (it) => it.status === 'fulfilled' && it.value?.stop()))
    await removeData(folder)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    if (postgres.status === 'rejected') throw postgres.reason
    if (redis.status === 'rejected') throw redis.reason
    await migrate(postgres.value.url, project.getProvidedContext().timeoutFactor)
    project.provide('databaseUrl', postgres.value.url)
    project.provide('redisUrl', redis.value?.url ?? '')
    return stop
  } catch (error) {
    await stop()
    throw error
  }
}

function startBoth(
  folder: string,
  redisUrl: string | undefined,
): [Promise<StartedPostgres>, Promise<StartedRedis | undefined>] {
  const images = wantedImages()
  const options = { folder, durable: false }
  const databaseUrl = process.env['DATABASE_URL']
  return [
    startPostgres({ ...options, databaseUrl, image: images.postgres }),
    startRedis({ ...options, findServer, redisUrl, image: images.redis }),
  ]
}
