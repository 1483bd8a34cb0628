import type { Strategy } from '@session-vs-jwt/workbench'
import { describe } from 'vitest'
import { matrix } from '../contract/matrix.js'
import { commonRows } from '../contract/rows/index.js'
import { strategyRows } from '../contract/rows/strategy.js'
import { testRows } from '../contract/suite.js'

/** In a cluster, a session id leads to its session by a second GET (decision 3). */
function inCluster(strategy: Strategy): Strategy {
  const { promises } = strategy
  const identityCost = { sql: 0, redis: 2 }
  return strategy.id === 'session-redis'
    ? { ...strategy, promises: { ...promises, identityCost } }
    : strategy
}

const inRedis = matrix
  .filter(([, { promises }]) => promises.stateIn === 'redis')
  .map(([label, it]) => [label, inCluster(it)] as const)

describe.each(inRedis)('%s on a Redis Cluster', (_label, strategy) => {
  // What shows behind a balancer only needs one.
  testRows(strategy, [...strategyRows, ...commonRows])
})
