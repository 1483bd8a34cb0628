import { describe } from 'vitest'
import { matrix } from '../contract/matrix.js'
import { rows } from '../contract/rows/index.js'
import { testRows } from '../contract/suite.js'

const inRedis = matrix.filter(([, { promises }]) => promises.stateIn === 'redis')

describe.each(inRedis)('%s on a Redis Cluster', (_label, strategy) => {
  testRows(strategy, rows)
})
