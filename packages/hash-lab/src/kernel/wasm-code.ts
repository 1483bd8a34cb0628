/**
 * The few instructions of WebAssembly that the kernels are made of, as bytes (WebAssembly Core
 * Specification 2.0, section 5.4). An expression leaves one value on the stack, a statement none.
 */
export type Code = readonly number[]

/** Unsigned LEB128 (5.2.2). */
export function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}

/** Signed LEB128 (5.2.2). */
function signed(value: number): Code {
  const rest = value >> 7
  const isLast = rest === (value & 0x40 ? -1 : 0)
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(rest)]
}

const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)]
const ALIGNED_4 = 2
const ALIGNED_16 = 4

export const local = (index: number): Code => [0x20, ...unsigned(index)]
export const set = (index: number, value: Code): Code => [...value, 0x21, ...unsigned(index)]
export const tee = (index: number, value: Code): Code => [...value, 0x22, ...unsigned(index)]
export const repeatWhile = (body: Code, condition: Code): Code => [
  0x03,
  0x40,
  ...body,
  ...condition,
  0x0d,
  0,
  0x0b,
]
export const when = (condition: Code, body: Code): Code => [...condition, 0x04, 0x40, ...body, 0x0b]

/** 32-bit integers. */
export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  add: (x: Code, y: Code): Code => [...x, ...y, 0x6a],
  and: (x: Code, y: Code): Code => [...x, ...y, 0x71],
  shiftLeft: (x: Code, bits: number): Code => [...x, ...i32.const(bits), 0x74],
  shiftRight: (x: Code, bits: Code): Code => [...x, ...bits, 0x76],
  isLess: (x: Code, y: Code): Code => [...x, ...y, 0x49],
  load: (address: Code, offset: number): Code => [...address, 0x28, ALIGNED_4, ...unsigned(offset)],
  store: (address: Code, offset: number, value: Code): Code => [
    ...address,
    ...value,
    0x36,
    ALIGNED_4,
    ...unsigned(offset),
  ],
}

/** Vectors of four 32-bit integers: one lane for each candidate. */
export const lanes = {
  add: (x: Code, y: Code): Code => [...x, ...y, ...simd(0xae)],
  and: (x: Code, y: Code): Code => [...x, ...y, ...simd(0x4e)],
  or: (x: Code, y: Code): Code => [...x, ...y, ...simd(0x50)],
  xor: (x: Code, y: Code): Code => [...x, ...y, ...simd(0x51)],
  not: (x: Code): Code => [...x, ...simd(0x4d)],
  shiftLeft: (x: Code, bits: number): Code => [...x, ...i32.const(bits), ...simd(0xab)],
  shiftRight: (x: Code, bits: number): Code => [...x, ...i32.const(bits), ...simd(0xad)],
  load: (address: Code, offset: number): Code => [
    ...address,
    ...simd(0x00),
    ALIGNED_16,
    ...unsigned(offset),
  ],
  store: (address: Code, offset: number, value: Code): Code => [
    ...address,
    ...value,
    ...simd(0x0b),
    ALIGNED_16,
    ...unsigned(offset),
  ],
  extract: (x: Code, lane: number): Code => [...x, ...simd(0x1b), lane],
  /** `bytes` names the 16 bytes of the result: 0 to 15 are those of `x`, 16 to 31 those of `y`. */
  shuffle: (x: Code, y: Code, bytes: readonly number[]): Code => [
    ...x,
    ...y,
    ...simd(0x0d),
    ...bytes,
  ],
}
