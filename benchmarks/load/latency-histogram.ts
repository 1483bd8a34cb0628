import { build, type Histogram } from 'hdr-histogram-js'
import type { Latency } from './load-order.js'

const MICROSECONDS = 1_000

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

  latency(): Latency {
    const at = (percentile: number): number =>
      this.#histogram.getValueAtPercentile(percentile) / MICROSECONDS
    return { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: at(100) }
  }
}
