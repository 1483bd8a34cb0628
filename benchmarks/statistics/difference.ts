import { median } from 'simple-statistics'
import { atMostHeads, intervalRank, ROUNDS_TO_COMPARE, type Summary, summarize } from './summary.js'

/** How many times as much one thing has as another: 1.2 is 20 % more. */
export type Ratio = Pick<Summary, 'median' | 'low' | 'high' | 'confidence'>

/**
 * The ratios of values of the same round, so that what made a whole round slow has no say; `undefined` where there is
 * nothing to divide. It describes; {@link conclusionsOf} concludes.
 */
export function pairedRatio(
  values: readonly number[],
  reference: readonly number[],
): Summary | undefined {
  const ratios = ratiosOf(values, reference)
  return ratios && summarize(ratios)
}

function ratiosOf(values: readonly number[], reference: readonly number[]): number[] | undefined {
  const ratios = values
    .slice(0, reference.length)
    .map((it, round) => it / (reference[round] ?? NaN))
  const areRatios = ratios.length > 0 && ratios.every((it) => Number.isFinite(it) && it > 0)
  return areRatios ? ratios : undefined
}

/**
 * The ratio of two runs, which have no rounds in common: the ratio of their medians. Its interval takes in the
 * intervals of both medians, each of which gets half of the chance to be wrong (Bonferroni); with too few rounds it is
 * the range of all ratios.
 *
 * @param kind `range`, if the values don't come from rounds
 */
export function unpairedRatio(
  values: readonly number[],
  reference: readonly number[],
  kind: 'interval' | 'range' = 'interval',
): Ratio | undefined {
  const sides = [values, reference].map((side) => side.toSorted((a, b) => a - b))
  const [own = [], other = []] = sides
  if (own.length === 0 || other.length === 0) return undefined
  if (![...own, ...other].every((it) => it > 0)) return undefined
  const ranks = sides.map(({ length }) =>
    kind === 'range' ? undefined : intervalRank(length, HALF_OF_THE_DOUBT),
  )
  const [a, b] = sides.map((side, at) => {
    const rank = ranks[at]?.rank ?? 1
    return { low: side[rank - 1] ?? NaN, high: side[side.length - rank] ?? NaN }
  })
  const isInterval = ranks.every((it) => it !== undefined)
  return {
    median: median(own) / median(other),
    low: (a?.low ?? NaN) / (b?.high ?? NaN),
    high: (a?.high ?? NaN) / (b?.low ?? NaN),
    ...(isInterval && { confidence: ranks.reduce((sum, it) => sum + (it?.confidence ?? 0), -1) }),
  }
}

const HALF_OF_THE_DOUBT = 0.975

/** Chance of seeing a difference where there is none, in all comparisons of a scenario together. */
const FALSE_DIFFERENCES = 0.05

/**
 * With nine rounds, the smallest p-value of a sign test is 2/2^9 = 0.0039: of thirteen comparisons, not even one whose
 * rounds all agree could be told from chance.
 */
export const MOST_COMPARISONS = 12

/** What a comparison came to that was declared before anything was measured. */
export interface Conclusion {
  readonly ratio: Summary
  /** Adjusted for the other comparisons of the scenario (Holm). */
  readonly p: number
  readonly isDifferent: boolean
}

/**
 * Judges comparisons that were declared together, each by the ratios of its rounds: the sign test, which assumes
 * nothing about how they scatter, adjusted by Holm's step-down method ("A Simple Sequentially Rejective Multiple Test
 * Procedure", 1979). There is no conclusion (`undefined`) from fewer than {@link ROUNDS_TO_COMPARE} rounds.
 *
 * @param pairs the values of the subject and those of the reference, by round
 */
export function conclusionsOf(
  pairs: readonly (readonly [values: readonly number[], reference: readonly number[]])[],
): (Conclusion | undefined)[] {
  const all = pairs.map(([values, reference]) => ratiosOf(values, reference))
  const ps = all.map((ratios) =>
    ratios && ratios.length >= ROUNDS_TO_COMPARE ? signTest(ratios) : undefined,
  )
  const adjusted = holm(ps)
  return all.map((ratios, at) => {
    const p = adjusted[at]
    if (!ratios || p === undefined) return undefined
    return { ratio: summarize(ratios), p, isDifferent: p <= FALSE_DIFFERENCES }
  })
}

/** The chance that so many of the rounds agree, or more, if there is no difference. A tie tells nothing. */
function signTest(ratios: readonly number[]): number {
  const more = ratios.filter((it) => it > 1).length
  const less = ratios.filter((it) => it < 1).length
  return Math.min(1, 2 * atMostHeads(Math.min(more, less), more + less))
}

/** What was not judged counts all the same: it was declared, and could have been. */
function holm(ps: readonly (number | undefined)[]): (number | undefined)[] {
  const ranked = ps.map((p, at) => ({ p: p ?? 1, at })).toSorted((a, b) => a.p - b.p)
  const adjusted: number[] = []
  let least = 0
  for (const [rank, { p, at }] of ranked.entries()) {
    least = Math.max(least, Math.min(1, p * (ps.length - rank)))
    adjusted[at] = least
  }
  return ps.map((p, at) => (p === undefined ? undefined : adjusted[at]))
}
