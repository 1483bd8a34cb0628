import { max, median, min, quantile, sampleWithReplacement } from 'simple-statistics'
import { seededRandom } from './random.js'

/** Where a median lies: with 95 % confidence between `low` and `high`. */
interface Interval {
  readonly low: number
  readonly high: number
}

/** What the rounds say about one figure. */
export interface Summary extends Interval {
  readonly median: number
  readonly min: number
  readonly max: number
}

const RESAMPLES = 2_000
/** The interval is part of the result: the same rounds give the same one. */
const BOOTSTRAP_SEED = 20_251

/** Fewer rounds than this tell nothing about how they scatter: there is no interval then. */
const ROUNDS_FOR_INTERVAL = 5

/**
 * Median, least, greatest, and a 95 % interval of the median: the percentile bootstrap (Efron and
 * Tibshirani, "An Introduction to the Bootstrap", chapter 13). With few rounds the interval is as wide
 * as what was seen: {@link ROUNDS_FOR_INTERVAL}.
 *
 * @param values one of each round
 */
export function summarize(values: readonly number[]): Summary {
  const own = [...values]
  return { median: median(own), min: min(own), max: max(own), ...medianInterval(own) }
}

function medianInterval(values: number[]): Interval {
  if (values.length < ROUNDS_FOR_INTERVAL) return { low: min(values), high: max(values) }
  const random = seededRandom(BOOTSTRAP_SEED)
  const medians = Array.from({ length: RESAMPLES }, () =>
    median(sampleWithReplacement(values, values.length, random)),
  )
  return { low: quantile(medians, 0.025), high: quantile(medians, 0.975) }
}
