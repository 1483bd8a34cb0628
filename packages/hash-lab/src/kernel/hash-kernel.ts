import type { Compression } from './compression.js'
import { kernelModule } from './kernel-code.js'
import { LAYOUT, SLOT_BYTES, SLOTS } from './kernel-layout.js'
import { md5 } from './md5.js'
import { type FastHash, wordsOf } from './message-slots.js'
import { sha1 } from './sha1.js'
import { sha256 } from './sha256.js'

const COMPRESSIONS: Readonly<Record<FastHash, Compression>> = { md5, sha1, sha256 }

const PAGE_BYTES = 65_536

/**
 * Hashes up to 1024 short messages in one call, eight at a time, in WebAssembly with SIMD. A call into
 * a library's hash function costs more than md5 itself; here one call is paid for 1024 of them.
 */
export class HashKernel {
  readonly hash: FastHash
  readonly words: number
  /** Message `i` with its padding begins at byte `64 * i`. All zero when it is unused. */
  readonly slots: Uint8Array<ArrayBuffer>
  /** After a run: the slots that may hold a target's message, as many as the run gave back. */
  readonly hits: Uint32Array<ArrayBuffer>
  readonly #compression: Compression
  readonly #digests: Uint32Array<ArrayBuffer>
  readonly #filter: Uint32Array<ArrayBuffer>
  readonly #filterMask: number
  readonly #salt: Uint32Array<ArrayBuffer>
  readonly #run: (count: number) => number

  /** The slots whose digest begins with one of the words of `targets` are hits, and a few others. */
  constructor(hash: FastHash, targets: Iterable<number> = []) {
    const firsts = [...targets]
    const filterBits = filterBitsFor(firsts.length)
    this.hash = hash
    this.#compression = COMPRESSIONS[hash]
    this.words = this.#compression.words
    const filterWords = 2 ** (filterBits - 5)
    this.#filterMask = 2 ** filterBits - 1
    const bytes = LAYOUT.filter + filterWords * 4
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) })
    const words = (at: number, length: number): Uint32Array<ArrayBuffer> =>
      new Uint32Array(memory.buffer, at, length)
    this.slots = new Uint8Array(memory.buffer, LAYOUT.slots, SLOTS * SLOT_BYTES)
    this.#filter = words(LAYOUT.filter, filterWords)
    this.hits = words(LAYOUT.hits, SLOTS)
    this.#digests = words(LAYOUT.digests, SLOTS * this.words)
    this.#salt = words(LAYOUT.salt, 64)
    words(LAYOUT.initial, 32).set(fourTimes(this.#compression.initial))
    words(LAYOUT.constants, 80 * 4).set(fourTimes(this.#compression.constants))
    const instance = new WebAssembly.Instance(compiled(hash, filterBits), { env: { memory } })
    this.#run = instance.exports['run'] as (count: number) => number
    for (const first of firsts) this.#addToFilter(first)
  }

  /** Puts `salt`, whose room the messages have left at their beginning, before all of them. */
  setSalt(salt: Uint8Array): void {
    const block = new Uint8Array(SLOT_BYTES)
    block.set(salt)
    this.#salt.set(fourTimes([...wordsOf(block, this.hash)]))
  }

  /** Hashes the first `count` slots. Gives back how many `hits` there are. */
  run(count: number): number {
    return this.#run(count)
  }

  /** Empties the first `count` slots. */
  clear(count: number): void {
    this.slots.fill(0, 0, count * SLOT_BYTES)
  }

  /** Word `index` of the digest of a slot, after a run. */
  digestWord(slot: number, index: number): number {
    return this.#digests[(slot >> 2) * this.words * 4 + index * 4 + (slot & 3)] as number
  }

  #addToFilter(first: number): void {
    const bit = first & this.#filterMask
    this.#filter[bit >>> 5] = (this.#filter[bit >>> 5] as number) | (1 << (bit & 31))
  }
}

/** Engines compile fast first and well later: a module that is used again is compiled well already. */
const modules = new Map<string, WebAssembly.Module>()

function compiled(hash: FastHash, filterBits: number): WebAssembly.Module {
  const key = `${hash} ${filterBits}`
  const module =
    modules.get(key) ?? new WebAssembly.Module(kernelModule(COMPRESSIONS[hash], filterBits))
  modules.set(key, module)
  return module
}

/** Bits enough that of the digests that are no target's, one in a few dozen is a hit at most. */
function filterBitsFor(targets: number): number {
  return Math.min(27, Math.max(16, Math.ceil(Math.log2(targets + 1)) + 6))
}

function fourTimes(words: readonly number[]): number[] {
  return words.flatMap((word) => [word, word, word, word])
}
