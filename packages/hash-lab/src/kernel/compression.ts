import { type Code, i32, lanes, local, tee } from './wasm-code.js'

/**
 * One of the three hash functions, for one block of 64 bytes: 55 bytes of text, padding and length.
 * `steps` is written once and emitted for each group of four candidates.
 */
export interface Compression {
  readonly words: number
  /**
   * Groups of four candidates that are worked on in turn: while one waits for its last sum, the other
   * goes on. Two pay where the state of both fits a processor's 16 vector registers.
   */
  readonly groups: 1 | 2
  readonly bigEndian: boolean
  /** The state that a hash begins with. */
  readonly initial: readonly number[]
  /** The constants of the steps. */
  readonly constants: readonly number[]
  /** One statement for each step. The state is in the locals; temporary ones are behind it. */
  readonly steps: (at: Registers) => readonly Code[]
}

/** Where a group of four candidates has what it works on. */
export interface Registers {
  /** Of state word `index` after `step` steps, which rotate the names and not the values. */
  readonly state: (index: number) => number
  readonly temporary: number
  /** Word `index` of the message, for all four. */
  readonly message: (index: number) => Code
  readonly setMessage: (index: number, value: Code) => Code
  readonly constant: (index: number) => Code
}

const ZERO = i32.const(0)

export const constantAt = (offset: number): Code => lanes.load(ZERO, offset)

/** The bits that leave on the left come back on the right. */
export function rotateLeft(value: Code, bits: number, temporary: number): Code {
  return lanes.or(
    lanes.shiftLeft(tee(temporary, value), bits),
    lanes.shiftRight(local(temporary), 32 - bits),
  )
}

/** The same of what `temporary` holds. */
export function rotateKept(bits: number, temporary: number): Code {
  const kept = local(temporary)
  return lanes.or(lanes.shiftLeft(kept, bits), lanes.shiftRight(kept, 32 - bits))
}

export function sum(first: Code, ...rest: readonly Code[]): Code {
  return rest.reduce((total, it) => lanes.add(total, it), first)
}

/** `x` where the bit of `bits` is one, else `y`. */
export function choose(bits: Code, x: Code, y: Code): Code {
  return lanes.xor(lanes.and(lanes.xor(x, y), bits), y)
}
