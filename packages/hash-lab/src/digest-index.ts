/**
 * Finds a digest among many in about the same time as among few: digests in one flat array, chained
 * by the low bits of their first word.
 */
export class DigestIndex {
  readonly #words: number
  readonly #all: Uint32Array
  readonly #first: Int32Array
  readonly #next: Int32Array
  readonly #mask: number

  /** `all`: one digest after the other, `words` words each. */
  constructor(all: Uint32Array, words: number) {
    const count = all.length / words
    this.#words = words
    this.#all = all
    this.#next = new Int32Array(count)
    const size = 2 ** Math.max(4, Math.ceil(Math.log2(count + 1)))
    this.#first = new Int32Array(size).fill(-1)
    this.#mask = size - 1
    for (let i = count - 1; i >= 0; i -= 1) {
      const bucket = this.#at(i, 0) & this.#mask
      this.#next[i] = this.#first[bucket] as number
      this.#first[bucket] = i
    }
  }

  get size(): number {
    return this.#next.length
  }

  get bytes(): number {
    return this.#all.byteLength + this.#first.byteLength + this.#next.byteLength
  }

  /** Calls `found` with the position of each digest that is the one of `wordAt`. */
  find(wordAt: (index: number) => number, found: (position: number) => void): void {
    let i = this.#first[wordAt(0) & this.#mask] as number
    while (i !== -1) {
      if (this.#isAt(i, wordAt)) found(i)
      i = this.#next[i] as number
    }
  }

  #isAt(position: number, wordAt: (index: number) => number): boolean {
    for (let i = 0; i < this.#words; i += 1) {
      if (this.#at(position, i) !== wordAt(i)) return false
    }
    return true
  }

  #at(position: number, index: number): number {
    return this.#all[position * this.#words + index] as number
  }
}
