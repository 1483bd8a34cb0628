import { type Compression, choose, type Registers, rotateLeft, sum } from './compression.js'
import { type Code, lanes, local, set } from './wasm-code.js'

const SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const

/** RFC 1321, section 3.4. */
export const md5: Compression = {
  words: 4,
  groups: 2,
  bigEndian: false,
  initial: [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476],
  constants: Array.from({ length: 64 }, (_, i) => Math.floor(2 ** 32 * Math.abs(Math.sin(i + 1)))),
  steps: (at) => Array.from({ length: 64 }, (_, i) => step(at, i)),
}

function step(at: Registers, i: number): Code {
  // Each step changes one word and the names move on by one.
  const [a, b, c, d] = [0, 1, 2, 3].map((it) => at.state((it + 64 - i) % 4)) as Four
  const round = (i >> 2) >> 2
  const shift = SHIFTS[round]?.[i % 4] ?? 0
  const word = [i, 5 * i + 1, 3 * i + 5, 7 * i][round] ?? 0
  const mixed = sum(
    sum(at.message(word % 16), at.constant(i), local(a)),
    roundFunction(round, local(b), local(c), local(d)),
  )
  return set(a, lanes.add(rotateLeft(mixed, shift, at.temporary), local(b)))
}

type Four = [number, number, number, number]

function roundFunction(round: number, b: Code, c: Code, d: Code): Code {
  switch (round) {
    case 0:
      return choose(b, c, d)
    case 1:
      return choose(d, b, c)
    case 2:
      return lanes.xor(lanes.xor(b, c), d)
    default:
      return lanes.xor(c, lanes.or(b, lanes.not(d)))
  }
}
