import { type Summary, summarize } from './summary.js'

/** How much more one thing has than another: `ratio` 1.2 is 20 % more. */
export interface Difference {
  readonly ratio: Summary
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

function differenceOf(ratio: Summary): Difference {
  return { ratio, seen: ratio.low > 1 || ratio.high < 1 }
}
