import { rmSync } from 'node:fs'
import {
  BALANCER_ORPHAN_SIGNAL,
  balancerFolder,
  balancerLockPath,
  balancerTag,
} from './balancer/balancer-place.js'
import { postgresLockPath, postgresPasswordPath } from './postgres/embedded-postgres.js'
import { POSTGRES_STOP_SIGNAL, postgresTag } from './postgres/postgres-command.js'
import { removePlaces } from './postgres/postgres-place.js'
import { whileLocked } from './process/folder-lock.js'
import { stopOrphans } from './process/orphans.js'
import { makeUsable } from './process/usable-folder.js'
import { REDIS_STOP_SIGNAL, redisDataPath, redisTag } from './redis/redis-command.js'
import { redisLockPath } from './redis/redis-process.js'

/**
 * Removes all data that the servers of `folder` kept, inside it and outside, and the password.
 * A downloaded Redis program stays: it is no data, and may be needed without a network.
 * Throws `folder-in-use` if a workbench is running there.
 */
export async function removeData(folder: string): Promise<void> {
  makeUsable(folder)
  await whileLocked(postgresLockPath(folder), 'PostgreSQL', async () => {
    await stopOrphans(postgresTag(folder), POSTGRES_STOP_SIGNAL)
    removePlaces(folder)
    rmSync(postgresPasswordPath(folder), { force: true })
  })
  await whileLocked(redisLockPath(folder), 'Redis', async () => {
    await stopOrphans(redisTag(folder), REDIS_STOP_SIGNAL)
    rmSync(redisDataPath(folder), { recursive: true, force: true })
  })
  await whileLocked(balancerLockPath(folder), 'HAProxy', async () => {
    await stopOrphans(balancerTag(folder), BALANCER_ORPHAN_SIGNAL)
    rmSync(balancerFolder(folder), { recursive: true, force: true })
  })
}
