import { describe } from 'vitest'
import { matrix } from '../contract/matrix.js'
import { commonRows } from '../contract/rows/index.js'
import { strategyRows } from '../contract/rows/strategy.js'
import { testRows } from '../contract/suite.js'

const inRedis = matrix.filter(([, { promises }]) => promises.stateIn === 'redis')

describe.each(inRedis)('%s on a Redis Cluster', (_label, strategy) => {
  // What shows behind a balancer only needs one.
  testRows(strategy, [...strategyRows, ...commonRows])
})
