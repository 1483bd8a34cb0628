import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findRedisProgram, removeData, startPostgres, startRedis } from '@session-vs-jwt/services'
import { migrate } from '@session-vs-jwt/workbench'
import type { TestProject } from 'vitest/node'

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
  const options = { folder, durable: false }
  const postgres = await startPostgres({ ...options, ...urlFrom('DATABASE_URL', 'databaseUrl') })
  // A Redis that had to be unpacked is kept where `npm start` keeps it, for the next run.
  const findServer = () => findRedisProgram({ folder: '.workbench' })
  const redis = await startRedis({ ...options, findServer, ...urlFrom('REDIS_URL', 'redisUrl') })
  await migrate(postgres.url)
  project.provide('databaseUrl', postgres.url)
  project.provide('redisUrl', redis?.url ?? '')
  return async () => {
    await Promise.all([redis?.stop(), postgres.stop()])
    await removeData(folder)
    await rm(folder, { recursive: true, force: true })
  }
}

/** Services that are given are used, and left as they are but for rows and keys of the tests. */
function urlFrom<Name extends string>(variable: string, name: Name): { [Key in Name]?: string } {
  const url = process.env[variable]
  return (url ? { [name]: url } : {}) as { [Key in Name]?: string }
}
