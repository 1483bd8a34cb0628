import type { LoadReport } from '../load/load-order.js'
import type { Bench } from './bench.js'
import type { Settings } from './settings.js'

/** What a figure is called, and which way is good. */
export interface Metric {
  readonly id: string
  readonly title: string
  /** Of the figure: `ms`, `µs`, `/s`, `MB`; empty for a number of things. */
  readonly unit: string
  readonly better: 'more' | 'less' | 'neither'
}

/** Under what something was measured, such as `{ connections: 50 }`. */
export type Condition = Readonly<Record<string, string | number>>

export function isSameCondition(a: Condition, b: Condition): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((it) => a[it] === b[it])
}

/** What came of one measurement. */
export interface Measurement {
  /** By the id of the metric; `undefined` where there were too few answers for a figure. */
  readonly values: Readonly<Record<string, number | undefined>>
  /** Where the load generator, and not what was measured, set the limit. */
  readonly atCeiling?: boolean
  readonly latency?: LoadReport['latency']
  /** What went well and what did not, second by second. */
  readonly timeLines?: readonly TimeLine[]
}

/** How requests of one kind fared over time. */
export interface TimeLine {
  readonly name: string
  readonly points: readonly TimePoint[]
}

interface TimePoint {
  /** When it begins, in seconds. */
  readonly second: number
  readonly ok: number
  readonly failed: number
}

/** Something that was got ready to be measured. */
export interface Opened {
  /**
   * Several measurements are repeats in one process, which are not counted as rounds.
   *
   * @throws {BenchError} where an answer is wrong, or none comes
   */
  measure(condition: Condition): Promise<Measurement | readonly Measurement[]>
  close(): Promise<unknown>
}

/** One of the things that a scenario compares. */
export interface Subject {
  readonly id: string
  readonly title: string
  /** In this order. */
  readonly conditions: readonly Condition[]
  /** About how many seconds it takes to open it, and to measure one condition. */
  readonly takes: { readonly open: number; readonly measure: number }
  open(bench: Bench): Promise<Opened>
}

/**
 * What a scenario concludes about: one metric of a subject and of a reference, under one condition. It is declared
 * before anything is measured, because of everything that is looked at afterwards, something always stands out.
 */
export interface Comparison {
  readonly metric: string
  readonly subject: string
  readonly reference: string
  readonly condition: Condition
}

/** Each of these subjects with one reference. */
export function eachWith(
  reference: string,
  subjects: readonly string[],
  { metric, condition }: Pick<Comparison, 'metric' | 'condition'>,
): Comparison[] {
  return subjects
    .filter((it) => it !== reference)
    .map((subject) => ({ metric, subject, reference, condition }))
}

/** A question, and the way to the answer. */
export interface Scenario {
  readonly id: string
  readonly title: string
  readonly question: string
  /** The first is the one that the question is about. */
  readonly metrics: readonly Metric[]
  /** The subject that the others are compared with. */
  readonly reference: string
  /** Counted, computed, or repeated within a measurement: one round says everything. */
  readonly once?: true
  /**
   * At most twelve, which are judged together; what isn't declared is only described. They compare processor time for
   * each request rather than throughput: generator, server and stores share the cores of one machine, so that whoever
   * asks a store gets less of them. Those with a subject that isn't measured are left out.
   */
  comparisons?(settings: Settings): readonly Comparison[]
  /** Whether all subjects are measured side by side; by default one after the other. */
  together?(settings: Settings): boolean
  /** What is done to all of them while they are measured together. */
  meanwhile?(bench: Bench): Promise<void>
  subjects(settings: Settings): readonly Subject[]
}
