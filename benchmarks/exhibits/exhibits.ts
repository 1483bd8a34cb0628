import type { Scenario } from '../runner/scenario.js'
import { errorsCount } from './errors-count.js'
import { fixedOrder } from './fixed-order.js'
import { localhostStore } from './localhost-store.js'
import { oneProcess } from './one-process.js'

/** Bad benchmarks: in each the reader chooses who wins, and sees the honest run beside it. */
export const exhibits: readonly Scenario[] = [oneProcess, fixedOrder, errorsCount, localhostStore]
