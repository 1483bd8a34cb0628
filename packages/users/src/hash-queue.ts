import pLimit from 'p-limit'
import { AccountError } from './account-error.js'

export interface HashQueueOptions {
  /** Turns at the same time. */
  readonly concurrency: number
  /** A turn that would come later than this is refused: "overloaded". */
  readonly maxWaitMs: number
  /** How long work of size 1 takes, until the queue has seen it. */
  readonly msPerUnit: number
}

/** How much the last turn counts in the speed that the queue expects of the next. */
const WEIGHT_OF_LAST = 0.25

/** Gives work its turn. The size of work is in any one unit, such as rounds of bcrypt. */
export class HashQueue {
  readonly #limit: ReturnType<typeof pLimit>
  readonly #maxWaitMs: number
  #msPerUnit: number
  #waiting = 0

  constructor({ concurrency, maxWaitMs, msPerUnit }: HashQueueOptions) {
    this.#limit = pLimit(concurrency)
    this.#maxWaitMs = maxWaitMs
    this.#msPerUnit = msPerUnit
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
    if (hasToWait && this.#waitMs >= this.#maxWaitMs) {
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
        await this.#timed(size, work).then(resolve, reject)
      }
      void this.#limit(turn)
    })
  }

  get #waitMs(): number {
    return (this.#waiting * this.#msPerUnit) / this.#limit.concurrency
  }

  /** Learns from each turn how fast this machine is now, which may be slower than at the start. */
  async #timed<T>(size: number, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now()
    try {
      return await work()
    } finally {
      const msPerUnit = (performance.now() - startedAt) / size
      this.#msPerUnit += (msPerUnit - this.#msPerUnit) * WEIGHT_OF_LAST
    }
  }

  #enter(size: number): () => void {
    this.#waiting += size
    return () => {
      this.#waiting -= size
    }
  }
}
