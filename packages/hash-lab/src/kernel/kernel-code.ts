import { type Compression, constantAt, type Registers } from './compression.js'
import { LAYOUT, SLOT_BYTES } from './kernel-layout.js'
import { type Code, i32, lanes, local, repeatWhile, set, tee, when } from './wasm-code.js'
import { wasmModule } from './wasm-module.js'

const COUNT = 0
const SLOT = 1
const SLOT_ADDRESS = 2
const DIGEST_ADDRESS = 3
const HITS = 4
const BIT = 5
const INTEGERS = 5
const FIRST_VECTOR = 1 + INTEGERS

const VECTOR = 16
const ZERO = i32.const(0)
const SWAP_BYTES = [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12]

/**
 * The module `run(count) -> hits`: hashes the messages of the first `count` slots, a multiple of eight,
 * writes all digests, and lists the slots whose digest may be that of a target: the filter has a bit
 * for the low bits of each target's first word.
 */
export function kernelModule(
  compression: Compression,
  filterBits: number,
): Uint8Array<ArrayBuffer> {
  const stride = compression.groups * 4
  const groups = Array.from(
    { length: compression.groups },
    (_, group) => new Group(compression, group),
  )
  const steps = groups.map((group) => group.steps())
  const interleaved = (steps[0] ?? []).flatMap((_, i) => steps.flatMap((of) => of[i] ?? []))
  const body = [
    ...groups.flatMap((group) => group.loadMessage()),
    ...groups.flatMap((group) => group.begin()),
    ...interleaved,
    ...groups.flatMap((group) => group.end()),
    ...groups.flatMap((group) => group.listHits(2 ** filterBits - 1)),
    ...next(SLOT_ADDRESS, stride * SLOT_BYTES),
    ...next(DIGEST_ADDRESS, stride * compression.words * 4),
    ...next(SLOT, stride),
  ]
  const loop = repeatWhile(body, i32.isLess(local(SLOT), local(COUNT)))
  return wasmModule({
    integers: INTEGERS,
    vectors: compression.groups * (compression.words + 1) + 8,
    body: [...loop, ...local(HITS)],
  })
}

function next(index: number, by: number): Code {
  return set(index, i32.add(local(index), i32.const(by)))
}

/** Four candidates, one in each lane. */
class Group implements Registers {
  readonly temporary: number
  readonly #compression: Compression
  readonly #group: number
  readonly #message: number
  readonly #firstState: number

  constructor(compression: Compression, group: number) {
    this.#compression = compression
    this.#group = group
    this.#message = LAYOUT.message + group * LAYOUT.messageBytes
    this.temporary = FIRST_VECTOR + group
    this.#firstState = FIRST_VECTOR + compression.groups + group * compression.words
  }

  state = (index: number): number => this.#firstState + index
  message = (index: number): Code => lanes.load(ZERO, this.#message + index * VECTOR)
  setMessage = (index: number, value: Code): Code =>
    lanes.store(ZERO, this.#message + index * VECTOR, value)
  constant = (index: number): Code => constantAt(LAYOUT.constants + index * VECTOR)

  steps(): readonly Code[] {
    return this.#compression.steps(this)
  }

  begin(): Code {
    return this.#words((index) =>
      set(this.state(index), constantAt(LAYOUT.initial + index * VECTOR)),
    )
  }

  end(): Code {
    const size = this.#compression.words * VECTOR
    return this.#words((index) => {
      const before = constantAt(LAYOUT.initial + index * VECTOR)
      const sum = lanes.add(local(this.state(index)), before)
      const offset = LAYOUT.digests + this.#group * size + index * VECTOR
      return lanes.store(local(DIGEST_ADDRESS), offset, tee(this.state(index), sum))
    })
  }

  /** Four blocks, one after the other in memory, become sixteen vectors, one for each word. */
  loadMessage(): Code {
    return [0, 1, 2, 3].flatMap((quarter) => {
      const rows = [0, 1, 2, 3].map((lane) => this.#row(lane, quarter))
      const half = (x: number, y: number, at: 0 | 2): Code =>
        shuffleWords(local(x), local(y), [at, at + 4, at + 1, at + 5])
      const [r0, r1, r2, r3, low01, low23, high01, high23] = scratch(this.#compression)
      const columns = [
        shuffleWords(local(low01), local(low23), [0, 1, 4, 5]),
        shuffleWords(local(low01), local(low23), [2, 3, 6, 7]),
        shuffleWords(local(high01), local(high23), [0, 1, 4, 5]),
        shuffleWords(local(high01), local(high23), [2, 3, 6, 7]),
      ]
      return [
        ...rows.flatMap((row, lane) => set(r0 + lane, row)),
        ...set(low01, half(r0, r1, 0)),
        ...set(low23, half(r2, r3, 0)),
        ...set(high01, half(r0, r1, 2)),
        ...set(high23, half(r2, r3, 2)),
        ...columns.flatMap((column, i) => this.#salted(quarter * 4 + i, column)),
      ]
    })
  }

  /** A slot leaves room for the salt, which is the same for all of them. */
  #salted(index: number, word: Code): Code {
    return this.setMessage(index, lanes.or(word, constantAt(LAYOUT.salt + index * VECTOR)))
  }

  #row(lane: number, quarter: number): Code {
    const slot = this.#group * 4 + lane
    const offset = LAYOUT.slots + slot * SLOT_BYTES + quarter * VECTOR
    const row = lanes.load(local(SLOT_ADDRESS), offset)
    return this.#compression.bigEndian ? lanes.shuffle(row, row, SWAP_BYTES) : row
  }

  listHits(mask: number): Code {
    return [0, 1, 2, 3].flatMap((lane) => {
      const first = lanes.extract(local(this.state(0)), lane)
      const byteAddress = i32.shiftLeft(i32.shiftRight(local(BIT), i32.const(5)), 2)
      const isSet = i32.and(
        i32.shiftRight(i32.load(byteAddress, LAYOUT.filter), local(BIT)),
        i32.const(1),
      )
      const slot = i32.add(local(SLOT), i32.const(this.#group * 4 + lane))
      return [
        ...set(BIT, i32.and(first, i32.const(mask))),
        ...when(isSet, [
          ...i32.store(i32.shiftLeft(local(HITS), 2), LAYOUT.hits, slot),
          ...next(HITS, 1),
        ]),
      ]
    })
  }

  #words(of: (index: number) => Code): Code {
    return Array.from({ length: this.#compression.words }, (_, index) => of(index)).flat()
  }
}

type Eight = [number, number, number, number, number, number, number, number]

/** The eight vectors that loading a message needs. */
function scratch(compression: Compression): Eight {
  const first = FIRST_VECTOR + compression.groups * (compression.words + 1)
  return [0, 1, 2, 3, 4, 5, 6, 7].map((it) => first + it) as Eight
}

function shuffleWords(x: Code, y: Code, words: readonly number[]): Code {
  return lanes.shuffle(
    x,
    y,
    words.flatMap((word) => [0, 1, 2, 3].map((byte) => word * 4 + byte)),
  )
}
