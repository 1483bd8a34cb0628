import { BATCH, BatchHasher } from './batch-hasher.js'
import { CandidateSource } from './candidates.js'
import { DigestIndex } from './digest-index.js'
import { MAX_MESSAGE_BYTES } from './kernel/kernel-layout.js'
import { type FastHash, wordsOf } from './kernel/message-slots.js'

/**
 * Every word of a list, hashed once and for all: a hash without salt is then only looked up. It costs
 * the hashing of the list and the room to keep it, and serves for every table of that hash function.
 */
export class LookupTable {
  readonly hash: FastHash
  readonly #index: DigestIndex
  readonly #words: Uint8Array
  readonly #starts: Uint32Array
  readonly #ends: Uint32Array

  private constructor(hash: FastHash, words: Uint8Array, places: Places, digests: Uint32Array) {
    this.hash = hash
    this.#words = words
    this.#starts = places.starts
    this.#ends = places.ends
    this.#index = new DigestIndex(digests, digests.length / Math.max(1, places.starts.length))
  }

  /** Hashes all lines of `list` that have at most 55 bytes. */
  static build(hash: FastHash, list: Uint8Array): LookupTable {
    const words = new Uint8Array(list.length)
    const places = copyWords(list, words)
    return new LookupTable(hash, words, places, digestsOf(hash, words, places))
  }

  get size(): number {
    return this.#starts.length
  }

  /** What it takes in memory, the words included. */
  get bytes(): number {
    return this.#words.length + this.#index.bytes + this.#starts.byteLength * 2
  }

  /** The word behind a hash, if it is in the list. */
  find(digest: Uint8Array): Uint8Array | undefined {
    const words = wordsOf(digest, this.hash)
    let at = -1
    this.#index.find(
      (index) => words[index] as number,
      (position) => (at = position),
    )
    return at === -1 ? undefined : this.#words.slice(this.#starts[at], this.#ends[at])
  }
}

interface Places {
  readonly starts: Uint32Array
  readonly ends: Uint32Array
}

/** Copies the words without their line ends: a word in hexadecimal notation isn't in the list as it is hashed. */
function copyWords(list: Uint8Array, words: Uint8Array): Places {
  const starts: number[] = []
  const ends: number[] = []
  let at = 0
  new CandidateSource([]).visit(list, (view, start, end) => {
    if (end - start > MAX_MESSAGE_BYTES) return true
    words.set(new Uint8Array(view.buffer, view.byteOffset + start, end - start), at)
    starts.push(at)
    at += end - start
    ends.push(at)
    return true
  })
  return { starts: Uint32Array.from(starts), ends: Uint32Array.from(ends) }
}

function digestsOf(hash: FastHash, words: Uint8Array, { starts, ends }: Places): Uint32Array {
  const hasher = new BatchHasher(hash)
  const view = new DataView(words.buffer, words.byteOffset, words.byteLength)
  const digests = new Uint32Array(starts.length * hasher.words)
  for (let from = 0; from < starts.length; from += BATCH) {
    const count = Math.min(BATCH, starts.length - from)
    for (let i = 0; i < count; i += 1) {
      hasher.write(i, view, starts[from + i] as number, ends[from + i] as number)
    }
    hasher.run(count)
    for (let i = 0; i < count * hasher.words; i += 1) {
      const slot = Math.floor(i / hasher.words)
      digests[from * hasher.words + i] = hasher.digestWord(slot, i % hasher.words)
    }
    hasher.clear(count)
  }
  return digests
}
