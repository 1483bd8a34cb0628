import { createHash } from 'node:crypto'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Numbers from 0 up to, and without, 1. */
export type RandomSource = () => number

/** The same seed, a whole number of 32 bits, gives the same numbers. */
export function seededRandom(seed: number): RandomSource {
  const generator = xoroshiro128plus(seed)
  return () => uniformFloat64(generator)
}

/**
 * A seed for one `use` of a run, such as a scenario. If two scenarios shared the run's seed, they would shuffle alike,
 * and whatever depends on the position would distort both in the same way.
 */
export function derivedSeed(seed: number, use: string): number {
  return createHash('sha256').update(`${seed} ${use}`).digest().readInt32LE()
}
