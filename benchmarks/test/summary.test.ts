import { describe, expect, it } from 'vitest'
import {
  conclusionsOf,
  MOST_COMPARISONS,
  pairedRatio,
  unpairedRatio,
} from '../statistics/difference.js'
import { type RandomSource, seededRandom } from '../statistics/random.js'
import { CONFIDENCE, intervalRank, ROUNDS_TO_COMPARE, summarize } from '../statistics/summary.js'

describe('a summary', () => {
  it('has the median, the extremes, and the second to the eighth of nine values', () => {
    const { confidence, ...seen } = summarize([9, 1, 4, 2, 3, 8, 5, 7, 6])
    expect(seen).toEqual({ median: 5, min: 1, max: 9, low: 2, high: 8 })
    expect(confidence).toBeCloseTo(1 - 20 / 512, 10)
  })

  it.each([1, 5, 8])('of %i rounds is a range, from which nothing is concluded', (rounds) => {
    const values = Array.from({ length: rounds }, (_, at) => at + 1)
    expect(summarize(values)).toMatchObject({ low: 1, high: rounds })
    expect(summarize(values).confidence).toBeUndefined()
  })

  // Table A.3 of Conover, "Practical Nonparametric Statistics": binomial, p = 0.5.
  it.each([
    [9, 2, 0.9609],
    [10, 2, 0.9785],
    [11, 2, 0.9883],
    [12, 3, 0.9614],
    [15, 4, 0.9648],
    [20, 6, 0.9586],
  ])('of %i rounds goes from value %i from either end', (rounds, rank, confidence) => {
    expect(intervalRank(rounds)?.rank).toBe(rank)
    expect(intervalRank(rounds)?.confidence).toBeCloseTo(confidence, 4)
  })
})

describe('no difference', () => {
  it('is told from nothing to divide by', () => {
    expect(pairedRatio([1, 2], [0, 0])).toBeUndefined()
    expect(pairedRatio([1], [])).toBeUndefined()
    expect(unpairedRatio([1], [])).toBeUndefined()
    expect(unpairedRatio([1], [0])).toBeUndefined()
  })

  it('is concluded from eight rounds, however much they agree', () => {
    expect(
      conclusionsOf([[Array.from({ length: 8 }, () => 2), Array.from({ length: 8 }, () => 1)]]),
    ).toEqual([undefined])
  })
})

describe('a comparison', () => {
  const reference = [100, 200, 50, 400, 120, 90, 100, 80, 300]
  const more = reference.map((it) => it * 1.1)

  it('sees what every round says, however much the rounds differ', () => {
    const [conclusion] = conclusionsOf([[more, reference]])
    expect(conclusion?.ratio.median).toBeCloseTo(1.1)
    expect(conclusion?.p).toBeCloseTo(2 / 512, 10)
    expect(conclusion?.isDifferent).toBe(true)
  })

  it('sees no difference between equal values', () => {
    expect(conclusionsOf([[reference, reference]])[0]).toMatchObject({ p: 1, isDifferent: false })
  })

  it('of twelve, one can stand out; of thirteen, none could', () => {
    const none = Array.from({ length: MOST_COMPARISONS - 1 }, () => [reference, reference] as const)
    expect(conclusionsOf([[more, reference], ...none])[0]?.isDifferent).toBe(true)
    const thirteen = conclusionsOf([[more, reference], [reference, reference], ...none])
    expect(thirteen[0]?.isDifferent).toBe(false)
  })

  it('is adjusted step by step: the larger p-values by fewer of the others', () => {
    const eight = [...more.slice(0, 8), 1]
    const conclusions = conclusionsOf([
      [more, reference],
      [eight, reference],
    ])
    expect(conclusions.map((it) => it?.p)).toEqual([
      expect.closeTo((2 * 2) / 512, 10),
      expect.closeTo((2 * 10) / 512, 10),
    ])
  })

  it('of two runs takes in the intervals of both medians', () => {
    const a = Array.from({ length: 9 }, (_, at) => 100 + at)
    const b = a.map((it) => it * 2)
    // With nine rounds, only the extremes reach 97.5 %.
    expect(unpairedRatio(b, a)).toMatchObject({ median: 2, low: 200 / 108, high: 216 / 100 })
    expect(unpairedRatio(b, a)?.confidence).toBeCloseTo(1 - 2 * (2 / 512), 10)
    expect(unpairedRatio(b.slice(0, 8), a)?.confidence).toBeUndefined()
  })
})

/** What the rounds of a machine can look like. The true median of each is 1. */
const SHAPES: Readonly<Record<string, (random: RandomSource, round: number) => number>> = {
  normal: (random) => 1 + 0.1 * normal(random),
  skewed: (random) => Math.exp(normal(random)),
  'with outliers': (random) =>
    1 + 0.05 * normal(random) + (random() < 0.1 ? 5 * (random() - 0.5) : 0),
  drifting: (random, round) => 1 + 0.1 * (round - 4) + 0.05 * normal(random),
}

describe('by simulation, with nine rounds', () => {
  const TRIES = 4_000
  const rounds = Array.from({ length: ROUNDS_TO_COMPARE }, (_, round) => round)

  it.each(Object.keys(SHAPES))(
    'the interval contains the median at least 94 times in 100: %s',
    (name) => {
      const random = seededRandom(7)
      const draw = SHAPES[name] as (random: RandomSource, round: number) => number
      let hits = 0
      for (let i = 0; i < TRIES; i += 1) {
        const { low, high } = summarize(rounds.map((round) => draw(random, round)))
        if (low <= 1 && 1 <= high) hits += 1
      }
      expect(hits / TRIES).toBeGreaterThanOrEqual(0.94)
    },
  )

  it.each(Object.keys(SHAPES))('the interval of two runs contains the ratio: %s', (name) => {
    const random = seededRandom(11)
    const draw = SHAPES[name] as (random: RandomSource, round: number) => number
    const values = (): number[] => rounds.map((round) => Math.max(0.01, draw(random, round)))
    let hits = 0
    for (let i = 0; i < TRIES; i += 1) {
      const { low = NaN, high = NaN } = unpairedRatio(values(), values()) ?? {}
      if (low <= 1 && 1 <= high) hits += 1
    }
    expect(hits / TRIES).toBeGreaterThanOrEqual(CONFIDENCE)
  })

  it.each([1, 5, MOST_COMPARISONS])(
    '%i comparisons of identical things show a difference at most 6 times in 100',
    (comparisons) => {
      for (const draw of Object.values(SHAPES)) {
        const random = seededRandom(13)
        let runs = 0
        for (let i = 0; i < TRIES / 4; i += 1) {
          // Each round has a speed of its own, which falls on all that is measured in it.
          const paces = rounds.map((round) => Math.exp(0.3 * normal(random)) * (1 + 0.1 * round))
          const side = (): number[] =>
            rounds.map((round) => (paces[round] ?? 1) * Math.max(0.01, draw(random, round)))
          const pairs = Array.from({ length: comparisons }, () => [side(), side()] as const)
          if (conclusionsOf(pairs).some((it) => it?.isDifferent)) runs += 1
        }
        expect(runs / (TRIES / 4)).toBeLessThanOrEqual(0.06)
      }
    },
  )
})

/** Box and Muller. */
function normal(random: RandomSource): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
