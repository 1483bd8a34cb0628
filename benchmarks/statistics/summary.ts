import { binomialDistribution, max, median, min } from 'simple-statistics'

/** What the rounds say about one figure. */
export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
  /** The interval of the median, or all that was seen where there are too few rounds for one. */
  readonly low: number
  readonly high: number
  /**
   * How often such an interval contains the true median, such as 0.961; at least {@link CONFIDENCE}.
   * Without it, `low` to `high` is a range, from which nothing can be concluded.
   */
  readonly confidence?: number | undefined
}

/** What an interval has to reach. */
export const CONFIDENCE = 0.95

/** With fewer rounds nothing is compared: of eight signs, even all alike are too few for twelve comparisons. */
export const ROUNDS_TO_COMPARE = 9

/**
 * Median, least and greatest value, and an exact interval of the median: from the k-th value to the k-th from the end,
 * with the largest k that reaches {@link CONFIDENCE}. With nine rounds that is the second to the eighth, which contain
 * the median in 96.1 of 100 cases. It assumes that rounds are independent, and nothing about how they scatter
 * (David and Nagaraja, "Order Statistics", section 7.1).
 *
 * @param values one of each round
 */
export function summarize(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b)
  const seen = { median: median(sorted), min: min(sorted), max: max(sorted) }
  const interval = intervalRank(sorted.length)
  if (interval === undefined) return { ...seen, low: seen.min, high: seen.max }
  const { rank, confidence } = interval
  const [low = NaN, high = NaN] = [sorted[rank - 1], sorted[sorted.length - rank]]
  return { ...seen, low, high, confidence }
}

/** The same without an interval, for values that don't come from rounds: they have more in common than rounds. */
export function rangeOf(values: readonly number[]): Summary {
  const [low, high] = [min([...values]), max([...values])]
  return { median: median([...values]), min: low, max: high, low, high }
}

interface IntervalRank {
  /** Counted from 1, from either end of the sorted values. */
  readonly rank: number
  readonly confidence: number
}

/**
 * Which of the sorted values bound the median, if there are enough rounds. Each value is below the median with a chance
 * of one half, so how many are below it is binomially distributed.
 */
export function intervalRank(
  rounds: number,
  wanted: number = CONFIDENCE,
): IntervalRank | undefined {
  if (rounds < ROUNDS_TO_COMPARE) return undefined
  let best: IntervalRank | undefined
  for (let rank = 1; rank <= rounds / 2; rank += 1) {
    const confidence = 1 - 2 * atMostHeads(rank - 1, rounds)
    if (confidence < wanted) break
    best = { rank, confidence }
  }
  return best
}

/** The chance of `heads` heads or fewer in so many throws of a fair coin. */
export function atMostHeads(heads: number, throws: number): number {
  if (throws === 0) return 1
  const chances = binomialDistribution(throws, 0.5) ?? []
  return Math.min(
    1,
    chances.slice(0, heads + 1).reduce((sum, it) => sum + it, 0),
  )
}
