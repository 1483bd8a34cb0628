import pLimit from 'p-limit'
import { AccountError } from './account-error.js'

export interface HashQueueOptions {
  /** Turns at the same time. */
  readonly concurrency: number
  /** A turn that would come after this much other work is refused: "overloaded". */
  readonly maxWaiting: number
}

/** Gives work its turn. Its size and `maxWaiting` are in one unit, such as rounds of bcrypt. */
export class HashQueue {
  readonly #limit: ReturnType<typeof pLimit>
  readonly #maxWaiting: number
  #waiting = 0

  constructor({ concurrency, maxWaiting }: HashQueueOptions) {
    this.#limit = pLimit(concurrency)
    this.#maxWaiting = maxWaiting
  }

  /**
   * Runs `work` when its turn comes. An abort drops it and rejects with the signal's reason. Work that has
   * begun ends in any case: bcrypt can't be stopped, and a guess that was checked must be counted.
   *
   * @throws {AccountError} `overloaded`, at once
   */
  async run<T>(size: number, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted()
    const hasToWait = this.#limit.activeCount === this.#limit.concurrency
    if (hasToWait && this.#waiting >= this.#maxWaiting) {
      throw new AccountError('overloaded', 'Too many logins at once.', 2)
    }
    return new Promise((resolve, reject) => {
      const leave = this.#enter(hasToWait ? size : 0)
      const drop = (): void => {
        leave()
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', drop, { once: true })
      const turn = async (): Promise<void> => {
        if (signal?.aborted) return
        signal?.removeEventListener('abort', drop)
        leave()
        // Inside the turn, so that the next one waits for it.
        await work().then(resolve, reject)
      }
      void this.#limit(turn)
    })
  }

  #enter(size: number): () => void {
    this.#waiting += size
    return () => {
      this.#waiting -= size
    }
  }
}
