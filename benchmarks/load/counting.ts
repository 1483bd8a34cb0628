import type { LoadOrder, OnCounting } from './load-order.js'

/** Whether a load counts its answers yet; see `leadIn` of {@link LoadOrder}. */
export class Counting {
  #from: number
  readonly #timer: NodeJS.Timeout | undefined

  /** Begins the lead-in. */
  constructor({ leadIn = 0 }: LoadOrder, onCounting: OnCounting) {
    this.#from = leadIn > 0 ? Infinity : performance.now()
    if (leadIn === 0) return
    this.#timer = setTimeout(() => {
      this.#from = performance.now()
      onCounting()
    }, leadIn * 1_000)
  }

  get hasBegun(): boolean {
    return performance.now() >= this.#from
  }

  /** The seconds that were counted. A load may end before its lead-in does. */
  end(): number {
    clearTimeout(this.#timer)
    return Math.max(0, performance.now() - this.#from) / 1_000
  }
}
