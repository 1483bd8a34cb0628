import { describe } from 'vitest'
import { matrixOf } from './matrix.js'
import { commonRows } from './rows/index.js'
import { testRows } from './suite.js'

describe.each(matrixOf('session'))('%s', (_label, strategy) => {
  testRows(strategy, commonRows)
})
