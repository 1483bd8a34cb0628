import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Numbers from 0 up to, and without, 1. */
export type RandomSource = () => number

/** The same seed, a whole number of 32 bits, gives the same numbers. */
export function seededRandom(seed: number): RandomSource {
  const generator = xoroshiro128plus(seed)
  return () => uniformFloat64(generator)
}
