/** Something that was started. */
export interface Stoppable {
  stop(): Promise<unknown>
}

type Starts<T extends readonly unknown[]> = { readonly [Index in keyof T]: Promise<T[Index]> }

/** What was started, to be stopped in the reverse order. */
export class StopStack {
  readonly #groups: Stoppable[][] = []

  /**
   * Waits for things that start side by side, and will stop them side by side. If one fails, the
   * others are waited for all the same: what was started must be known, or it would be left behind.
   */
  async add<T extends readonly (Stoppable | undefined)[]>(...starts: Starts<T>): Promise<T> {
    const outcomes = await Promise.allSettled(starts as Promise<Stoppable | undefined>[])
    const started = outcomes.map((it) => (it.status === 'fulfilled' ? it.value : undefined))
    this.#groups.push(started.filter((it) => it !== undefined))
    const failure = outcomes.find((it) => it.status === 'rejected')
    if (failure) throw failure.reason
    return started as unknown as T
  }

  /** Stops all that there is. Goes on where one cannot be stopped, and throws that in the end. */
  async stop(): Promise<void> {
    const failures: unknown[] = []
    for (let group = this.#groups.pop(); group; group = this.#groups.pop()) {
      const outcomes = await Promise.allSettled(group.map((it) => it.stop()))
      failures.push(...outcomes.flatMap((it) => (it.status === 'rejected' ? [it.reason] : [])))
    }
    if (failures.length > 0) throw failures[0]
  }
}
