import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRedisCluster } from '@session-vs-jwt/services'
import type { TestProject } from 'vitest/node'
import { startStores } from '../services.js'
import { findServer } from '../store-starts.js'

/** As for the other tests, with a Redis Cluster of six servers in place of one Redis. */
export default async function startClusteredServices(
  project: TestProject,
): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-cluster-'))
  const cluster = await startRedisCluster({ folder, findServer, durable: false })
  const stop = await startStores(project, cluster.url)
  return async () => {
    await Promise.all([cluster.stop(), stop()])
    await rm(folder, { recursive: true, force: true })
  }
}
