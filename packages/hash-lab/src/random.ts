import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Chance that can be repeated: the same seed, the same table. Not for secrets. */
export interface Random {
  /** From 0 up to, and without, `end`. */
  integer(end: number): number
  /** From 0 up to, and without, 1. */
  fraction(): number
  pick<T>(from: readonly T[]): T
  bytes(count: number): Uint8Array<ArrayBuffer>
  text(length: number, alphabet: string): string
}

export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed)
  const integer = (end: number): number => uniformInt(generator, 0, end - 1)
  return {
    integer,
    fraction: () => uniformFloat64(generator),
    pick: (from) => from[integer(from.length)] as (typeof from)[number],
    bytes: (count) => Uint8Array.from({ length: count }, () => integer(256)),
    text: (length, alphabet) =>
      Array.from({ length }, () => alphabet[integer(alphabet.length)]).join(''),
  }
}
