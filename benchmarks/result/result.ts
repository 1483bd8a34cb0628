import type { Latency } from '../load/load-order.js'
import type { Comparison, Condition, Metric, TimeLine } from '../runner/scenario.js'
import type { Conclusion } from '../statistics/difference.js'
import type { Summary } from '../statistics/summary.js'

/**
 * Version 2 warms a server up with the requests that are measured, and has exact intervals and declared comparisons.
 * Results of version 1 are still read: they compare nothing, and their intervals are ranges.
 */
export const RESULT_VERSION = 2
export const READ_VERSIONS: readonly [1, 2] = [1, RESULT_VERSION]

/** One subject under one condition. */
export interface Cell {
  readonly subject: string
  readonly condition: Condition
  /** The rounds in which it was measured, from 1; all of them where this is missing. */
  readonly measuredIn?: readonly number[] | undefined
  /** It was measured so many times in a row by one process. These are not rounds, and nothing follows from them. */
  readonly repeats?: number | undefined
  /** By the id of the metric: a value of each of these rounds, in their order. A figure may be absent. */
  readonly values: Readonly<Record<string, readonly number[]>>
  readonly summaries: Readonly<Record<string, Summary>>
  /** Rounds in which the load generator set the limit, and not the subject. */
  readonly atCeiling: number
  /** One of each round. */
  readonly latencies?: readonly Latency[] | undefined
  readonly timeLines?: readonly TimeLine[] | undefined
}

/** A comparison that was declared, and what came of it; nothing, where there were too few rounds. */
export interface Compared extends Comparison {
  readonly conclusion?: Conclusion | undefined
}

export interface ScenarioResult {
  readonly id: string
  readonly title: string
  readonly question: string
  readonly state: 'complete' | 'stopped' | 'failed'
  /** Why it is not complete. */
  readonly failure?: string | undefined
  /** Whole ones; what was measured in others is left out. */
  readonly rounds: number
  readonly wantedRounds: number
  /** The subject that the others are compared with. */
  readonly reference: string
  readonly subjects: readonly { readonly id: string; readonly title: string }[]
  readonly metrics: readonly Metric[]
  readonly cells: readonly Cell[]
  /** None in results of version 1. */
  readonly comparisons?: readonly Compared[] | undefined
}

interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryBytes: number
  readonly system: string
  /** What this system does not show. */
  readonly notMeasured: readonly string[]
}

/** What a run found, and all that it takes to judge it. */
export interface Result {
  readonly version: (typeof READ_VERSIONS)[number]
  readonly startedAt: string
  readonly finishedAt: string
  /** As it was typed. */
  readonly command: string
  readonly seed: number
  readonly settings: {
    readonly rounds: number
    readonly seconds: number
    readonly warmUpRequests: number
    readonly quick: boolean
    readonly strategies: readonly string[]
  }
  readonly machine: Machine
  /** Requests a second of the load generator, by connections, from a server that does nothing. */
  readonly ceilings: Readonly<Record<string, number>>
  readonly versions: Readonly<Record<string, string>>
  /** What was asked for and is not there, and why. */
  readonly missing: readonly string[]
  readonly scenarios: readonly ScenarioResult[]
}
