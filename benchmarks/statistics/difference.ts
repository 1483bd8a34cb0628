import { median, sampleWithReplacement } from 'simple-statistics'
import { bootstrap, ROUNDS_FOR_INTERVAL, type Summary, summarize } from './summary.js'

/** How much more one thing has than another: `ratio` 1.2 is 20 % more. */
export interface Difference {
  readonly ratio: Pick<Summary, 'median' | 'low' | 'high'>
  /** Whether the interval leaves out "no difference". */
  readonly seen: boolean
}

/**
 * Compares values of the same rounds pair by pair, so that what made a whole round slow has no say;
 * `undefined` where there is nothing to divide.
 */
export function pairedDifference(
  values: readonly number[],
  reference: readonly number[],
): Difference | undefined {
  const pairs = values.slice(0, reference.length).map((it, round) => it / (reference[round] ?? NaN))
  if (pairs.length === 0 || pairs.some((it) => !Number.isFinite(it) || it <= 0)) return undefined
  return differenceOf(summarize(pairs))
}

/**
 * Compares values of two runs, which have no rounds in common: the ratio of the medians. With few
 * rounds, from the least of one over the greatest of the other.
 */
export function unpairedDifference(
  values: readonly number[],
  reference: readonly number[],
): Difference | undefined {
  const [own, other] = [[...values], [...reference]]
  if (own.length === 0 || ![...own, ...other].every((it) => it > 0)) return undefined
  if (other.length === 0) return undefined
  const ratio = median(own) / median(other)
  if (Math.min(own.length, other.length) < ROUNDS_FOR_INTERVAL) {
    const low = Math.min(...own) / Math.max(...other)
    return differenceOf({ median: ratio, low, high: Math.max(...own) / Math.min(...other) })
  }
  const interval = bootstrap((random) => {
    const resampled = [own, other].map((it) => median(sampleWithReplacement(it, it.length, random)))
    return (resampled[0] ?? NaN) / (resampled[1] ?? NaN)
  })
  return differenceOf({ median: ratio, ...interval })
}

function differenceOf(ratio: Difference['ratio']): Difference {
  return { ratio, seen: ratio.low > 1 || ratio.high < 1 }
}
