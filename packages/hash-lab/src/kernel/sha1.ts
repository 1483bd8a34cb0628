import { type Compression, choose, type Registers, rotateLeft, sum } from './compression.js'
import { type Code, lanes, local, set } from './wasm-code.js'

/** RFC 3174, section 6.1, with the words of the message in a ring of 16 (6.2). */
export const sha1: Compression = {
  words: 5,
  groups: 1,
  bigEndian: true,
  initial: [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0],
  constants: [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6],
  steps: (at) => Array.from({ length: 80 }, (_, i) => [...schedule(at, i), ...step(at, i)]),
}

function schedule(at: Registers, i: number): Code {
  if (i < 16) return []
  const mixed = [i - 3, i - 8, i - 14, i - 16].map((it) => at.message(it % 16))
  const word = mixed.reduce((x, y) => lanes.xor(x, y))
  return at.setMessage(i % 16, rotateLeft(word, 1, at.temporary))
}

function step(at: Registers, i: number): Code {
  const [a, b, c, d, e] = [0, 1, 2, 3, 4].map((it) => at.state((it + 80 - i) % 5)) as Five
  const round = Math.floor(i / 20)
  return [
    ...set(
      e,
      sum(
        sum(at.message(i % 16), at.constant(round), local(e)),
        roundFunction(round, local(b), local(c), local(d)),
        rotateLeft(local(a), 5, at.temporary),
      ),
    ),
    ...set(b, rotateLeft(local(b), 30, at.temporary)),
  ]
}

type Five = [number, number, number, number, number]

function roundFunction(round: number, b: Code, c: Code, d: Code): Code {
  if (round === 0) return choose(b, c, d)
  if (round === 2) return majority(b, c, d)
  return lanes.xor(lanes.xor(b, c), d)
}

/** For each bit, what two or three of them say. */
export function majority(x: Code, y: Code, z: Code): Code {
  return lanes.or(lanes.and(x, y), lanes.and(z, lanes.or(x, y)))
}
