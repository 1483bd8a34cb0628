import { HashKernel } from './kernel/hash-kernel.js'
import { SLOTS } from './kernel/kernel-layout.js'
import { type FastHash, MessageWriter, NO_ENDING } from './kernel/message-slots.js'

/** How many messages one call hashes. */
export const BATCH: number = SLOTS

/** Hashes up to 1024 messages of at most 55 bytes together, and gives their digests. */
export class BatchHasher {
  readonly words: number
  readonly #kernel: HashKernel
  readonly #messages: MessageWriter

  constructor(hash: FastHash) {
    this.#kernel = new HashKernel(hash)
    this.#messages = new MessageWriter(this.#kernel.slots, hash)
    this.words = this.#kernel.words
  }

  /** Bytes `start` to `end` of `view` become message `index`, which must be empty. */
  write(index: number, view: DataView, start: number, end: number): void {
    this.#messages.write(index, 0, view, start, end, NO_ENDING)
  }

  /** Hashes the first `count` messages. */
  run(count: number): void {
    this.#kernel.run(count)
  }

  clear(count: number): void {
    this.#kernel.clear(count)
  }

  digestWord(index: number, word: number): number {
    return this.#kernel.digestWord(index, word)
  }
}
