import { build, type Histogram } from 'hdr-histogram-js'
import type { Latency } from './load-order.js'

const MICROSECONDS = 1_000

/** Answers beyond a percentile; with fewer, it says how the slowest few happened to fare. */
const BEYOND = 10

/** Latencies in microseconds, to three digits: autocannon's own histogram counts whole milliseconds. */
export class LatencyHistogram {
  readonly #histogram: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
  })

  record(ms: number): void {
    this.#histogram.recordValue(Math.max(0, Math.round(ms * MICROSECONDS)))
  }

  /** Without the percentiles that have fewer than {@link BEYOND} answers beyond them: p99 needs 1,000 answers. */
  latency(): Latency {
    const { totalCount } = this.#histogram
    const exceededByOneIn = (share: number): number | undefined =>
      totalCount >= BEYOND * share ? this.#at(100 - 100 / share) : undefined
    return {
      p50: exceededByOneIn(2),
      p90: exceededByOneIn(10),
      p99: exceededByOneIn(100),
      p999: exceededByOneIn(1_000),
      max: totalCount > 0 ? this.#at(100) : undefined,
    }
  }

  #at(percentile: number): number {
    return this.#histogram.getValueAtPercentile(percentile) / MICROSECONDS
  }
}
