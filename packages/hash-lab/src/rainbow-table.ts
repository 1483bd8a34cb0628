import { BATCH, BatchHasher } from './batch-hasher.js'
import { type FastHash, wordsOf } from './kernel/message-slots.js'
import { PasswordSpace } from './password-space.js'

export interface RainbowSettings {
  readonly hash: FastHash
  readonly space: PasswordSpace
  /** Chains that are begun; those that end as another one does are thrown away. */
  readonly chains: number
  /** Passwords in a chain, up to 1024. */
  readonly chainLength: number
}

export interface BuildControl {
  readonly signal?: AbortSignal | undefined
  /** From 0 to 1. */
  readonly onProgress?: (fraction: number) => void
}

/** How long Ctrl-C waits at most while chains are computed. */
const TURN_MS = 50

/**
 * Most of a lookup table for a fraction of its room (Oechslin, "Making a Faster Cryptanalytic
 * Time-Memory Trade-Off", 2003). A chain goes password, hash, reduced to the next password, hash, and
 * so on; only its two ends are kept, and the middle is computed again when it is needed.
 */
export class RainbowTable {
  readonly settings: RainbowSettings
  #buildHashes = 0
  /** Hashes that all lookups so far took. */
  lookupHashes = 0
  readonly #hasher: BatchHasher
  readonly #startOfEnd = new Map<number, number>()

  private constructor(settings: RainbowSettings) {
    this.settings = settings
    this.#hasher = new BatchHasher(settings.hash)
  }

  /** Computes all chains, and lets others have their turn in between; with fewer when `signal` aborts. */
  static async build(
    settings: RainbowSettings,
    { signal, onProgress }: BuildControl = {},
  ): Promise<RainbowTable> {
    const table = new RainbowTable(settings)
    let turnEnds = performance.now() + TURN_MS
    for (let from = 0; from < settings.chains; from += BATCH) {
      table.#addChains(from, Math.min(settings.chains, from + BATCH))
      if (performance.now() < turnEnds) continue
      onProgress?.(from / settings.chains)
      await new Promise((resolve) => setTimeout(resolve))
      if (signal?.aborted) break
      turnEnds = performance.now() + TURN_MS
    }
    table.#buildHashes = table.lookupHashes
    table.lookupHashes = 0
    return table
  }

  /** Hashes that were computed to build it. */
  get buildHashes(): number {
    return this.#buildHashes
  }

  get size(): number {
    return this.#startOfEnd.size
  }

  /** Two numbers of four bytes for each chain, as a file would hold them. */
  get bytes(): number {
    return this.size * 8
  }

  /** The password behind a hash, if it is on a chain. */
  find(digest: Uint8Array): string | undefined {
    const { chainLength } = this.settings
    const target = wordsOf(digest, this.settings.hash)
    const ends = this.#endsFrom(target)
    for (let column = chainLength - 1; column >= 0; column -= 1) {
      const start = this.#startOfEnd.get(ends[column] as number)
      const found = start === undefined ? undefined : this.#walk(start, column, target)
      if (found !== undefined) return found
    }
    return undefined
  }

  #addChains(from: number, to: number): void {
    const { space, chainLength } = this.settings
    const starts = Array.from({ length: to - from }, (_, i) => space.scattered(from + i))
    let now = starts
    for (let column = 0; column < chainLength; column += 1) now = this.#step(now, column)
    now.forEach((end, i) => this.#startOfEnd.set(end, starts[i] as number))
  }

  /** Where the chain ends if the hash stands in column 0, 1, 2 and so on: all of them in step. */
  #endsFrom(target: Uint32Array): number[] {
    const { chainLength } = this.settings
    let ends: number[] = []
    for (let column = 0; column < chainLength; column += 1) {
      ends = [...this.#step(ends, column), this.#reduce(target[0] as number, column)]
    }
    return ends
  }

  /** From the start to a column: the password there, if its hash is the one that is looked for. */
  #walk(start: number, column: number, target: Uint32Array): string | undefined {
    let now = start
    for (let at = 0; at < column; at += 1) now = this.#step([now], at)[0] as number
    this.#hash([now])
    const isFound = target.every((word, i) => word === this.#hasher.digestWord(0, i))
    return isFound ? this.settings.space.text(now) : undefined
  }

  #step(indexes: readonly number[], column: number): number[] {
    if (indexes.length === 0) return []
    this.#hash(indexes)
    return indexes.map((_, slot) => this.#reduce(this.#hasher.digestWord(slot, 0), column))
  }

  #hash(indexes: readonly number[]): void {
    const { space } = this.settings
    this.#hasher.clear(indexes.length)
    indexes.forEach((index, slot) => this.#hasher.write(slot, space.view(index), 0, space.length))
    this.#hasher.run(indexes.length)
    this.lookupHashes += indexes.length
  }

  /** Any hash becomes some password; in each column another, or chains that meet would stay together. */
  #reduce(word: number, column: number): number {
    return (word + column * 0x9e3779b1) % this.settings.space.size
  }
}
