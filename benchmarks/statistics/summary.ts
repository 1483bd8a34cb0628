import { max, median, min, quantile, sampleWithReplacement } from 'simple-statistics'
import { type RandomSource, seededRandom } from './random.js'

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

/** Fewer rounds than this tell nothing about how they scatter. */
export const ROUNDS_FOR_INTERVAL = 5

/**
 * Median, least, greatest, and a 95 % interval of the median: the percentile bootstrap (Efron and
 * Tibshirani, "An Introduction to the Bootstrap", chapter 13). With fewer than
 * {@link ROUNDS_FOR_INTERVAL} rounds the interval is all that was seen.
 *
 * @param values one of each round
 */
export function summarize(values: readonly number[]): Summary {
  const own = [...values]
  const extremes = { min: min(own), max: max(own) }
  const interval =
    own.length < ROUNDS_FOR_INTERVAL
      ? { low: extremes.min, high: extremes.max }
      : bootstrap((random) => median(sampleWithReplacement(own, own.length, random)))
  return { median: median(own), ...extremes, ...interval }
}

/** The 95 % interval of a statistic, from what `resample` makes of it over and over. */
export function bootstrap(resample: (random: RandomSource) => number): Interval {
  const random = seededRandom(BOOTSTRAP_SEED)
  const seen = Array.from({ length: RESAMPLES }, () => resample(random))
  return { low: quantile(seen, 0.025), high: quantile(seen, 0.975) }
}
