import { cpus, release, totalmem, type } from 'node:os'
import type { Result } from '../result/result.js'
import { USAGE_MISSING } from './process-usage.js'

/** What the figures were measured on. */
export function thisMachine(): Result['machine'] {
  return {
    processor: cpus()[0]?.model.trim() || process.arch,
    cores: cpus().length,
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    notMeasured: USAGE_MISSING === undefined ? [] : [USAGE_MISSING],
  }
}
