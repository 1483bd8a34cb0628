import { describe, expect, it } from 'vitest'
import { pairedDifference } from '../statistics/difference.js'
import { seededRandom } from '../statistics/random.js'
import { summarize } from '../statistics/summary.js'

describe('a summary', () => {
  it('has the median, the extremes, and an interval between them', () => {
    const { median, min, max, low, high } = summarize([5, 1, 4, 2, 3])
    expect({ median, min, max }).toEqual({ median: 3, min: 1, max: 5 })
    expect(low).toBeGreaterThanOrEqual(1)
    expect(low).toBeLessThan(3)
    expect(high).toBeGreaterThan(3)
    expect(high).toBeLessThanOrEqual(5)
  })

  it('is the same each time', () => {
    const values = [1.2, 3.4, 2.2, 8.1, 2.9, 3.3, 2.5]
    expect(summarize(values)).toEqual(summarize(values))
  })

  it('has an interval that narrows as rounds are added', () => {
    const random = seededRandom(1)
    const noisy = (n: number) => Array.from({ length: n }, () => 100 + 10 * random())
    const width = (n: number) => {
      const { low, high } = summarize(noisy(n))
      return high - low
    }
    expect(width(200)).toBeLessThan(width(8))
  })

  it('takes the extremes for the interval where there are few rounds', () => {
    expect(summarize([3, 1, 2])).toMatchObject({ low: 1, high: 3 })
  })

  /** The definition of a 95 % interval, tried: the true median is inside about 19 times of 20. */
  it('has an interval that holds the true median as often as it says', () => {
    const random = seededRandom(7)
    const tries = Array.from({ length: 300 }, () =>
      summarize(Array.from({ length: 15 }, () => random())),
    )
    const hits = tries.filter(({ low, high }) => low <= 0.5 && 0.5 <= high).length
    expect(hits / tries.length).toBeGreaterThan(0.9)
    expect(hits / tries.length).toBeLessThan(0.99)
  })
})

describe('a difference', () => {
  it('is seen where every round says so, however much the rounds differ', () => {
    const reference = [100, 200, 50, 400, 120]
    const difference = pairedDifference(
      reference.map((it) => it * 1.1),
      reference,
    )
    expect(difference?.ratio.median).toBeCloseTo(1.1)
    expect(difference?.seen).toBe(true)
  })

  it('is not seen where the interval holds 1', () => {
    const difference = pairedDifference([100, 110, 90, 101, 99], [100, 100, 100, 100, 100])
    expect(difference?.seen).toBe(false)
  })

  it('is not there where there is nothing to divide by', () => {
    expect(pairedDifference([1, 2], [0, 0])).toBeUndefined()
    expect(pairedDifference([1], [])).toBeUndefined()
  })
})
