import {
  type Compression,
  choose,
  type Registers,
  rotateKept,
  rotateLeft,
  sum,
} from './compression.js'
import { majority } from './sha1.js'
import { type Code, lanes, local, set } from './wasm-code.js'

const PRIMES = firstPrimes(64)

/** FIPS 180-4, section 6.2, with the words of the message in a ring of 16. */
export const sha256: Compression = {
  words: 8,
  groups: 1,
  bigEndian: true,
  initial: PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime))),
  constants: PRIMES.map((prime) => fraction(Math.cbrt(prime))),
  steps: (at) => Array.from({ length: 64 }, (_, i) => [...schedule(at, i), ...step(at, i)]),
}

function schedule(at: Registers, i: number): Code {
  if (i < 16) return []
  const word = (back: number): Code => at.message((i - back) % 16)
  const small0 = spread(at, word(15), [25, 14], 3)
  const small1 = spread(at, word(2), [15, 13], 10)
  return at.setMessage(i % 16, sum(word(16), small0, word(7), small1))
}

function step(at: Registers, i: number): Code {
  const [a, b, c, d, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map((it) =>
    at.state((it + 64 - i) % 8),
  ) as Eight
  const large1 = spread(at, local(e), [26, 21, 7])
  const large0 = spread(at, local(a), [30, 19, 10])
  const first = sum(
    sum(at.message(i % 16), at.constant(i), local(h)),
    choose(local(e), local(f), local(g)),
    large1,
  )
  return [
    ...set(h, first),
    ...set(d, lanes.add(local(d), local(h))),
    ...set(h, sum(local(h), majority(local(a), local(b), local(c)), large0)),
  ]
}

type Eight = [number, number, number, number, number, number, number, number]

/** The exclusive or of `value` rotated left by each of `rotations`, and shifted right by `shift`. */
function spread(at: Registers, value: Code, rotations: readonly number[], shift?: number): Code {
  const [first = 0, ...others] = rotations
  // Read once, then kept: `temporary` still holds it.
  const parts = [
    rotateLeft(value, first, at.temporary),
    ...others.map((bits) => rotateKept(bits, at.temporary)),
  ]
  if (shift !== undefined) parts.push(lanes.shiftRight(local(at.temporary), shift))
  return parts.reduce((x, y) => lanes.xor(x, y))
}

/** The first 32 bits behind the point. */
function fraction(value: number): number {
  return Math.floor((value % 1) * 2 ** 32)
}

function firstPrimes(count: number): number[] {
  const primes: number[] = []
  for (let n = 2; primes.length < count; n += 1) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  }
  return primes
}
