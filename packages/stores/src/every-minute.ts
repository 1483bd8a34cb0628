const MINUTE_MS = 60_000

/** Work beside the requests; see {@link repeat}. */
export interface RepeatedWork {
  /** Starts no more work, and waits for what is under way. */
  stop(): Promise<void>
}

/** Told of the first failure of a streak, and of the first success after it. */
export interface WorkListener {
  failed(error: unknown): void
  succeeded(): void
}

/** Runs `work` once a minute; see {@link repeat}. */
export function everyMinute(
  work: (signal: AbortSignal) => Promise<void>,
  listener: WorkListener,
): RepeatedWork {
  return repeat(MINUTE_MS, work, listener)
}

/**
 * Runs `work` beside the requests, without keeping the process alive. Work that fails is tried again at the
 * next turn. Work that goes on for long looks at `signal`, which `stop` aborts.
 */
export function repeat(
  everyMs: number,
  work: (signal: AbortSignal) => Promise<void>,
  listener: WorkListener,
): RepeatedWork {
  const stopping = new AbortController()
  let isFailing = false
  let underWay: Promise<void> | undefined
  const turn = async (): Promise<void> => {
    try {
      await work(stopping.signal)
      if (isFailing) listener.succeeded()
      isFailing = false
    } catch (error) {
      if (!isFailing && !stopping.signal.aborted) listener.failed(error)
      isFailing = true
    }
    underWay = undefined
  }
  const timer = setInterval(() => void (underWay ??= turn()), everyMs).unref()
  return {
    stop: async () => {
      clearInterval(timer)
      stopping.abort()
      await underWay
    },
  }
}

/**
 * Until when what has expired is removed: a clock that was set forward by an hour must not cost for good
 * what has not expired.
 */
export function anHourBefore(now: Date): Date {
  return new Date(now.getTime() - 3_600_000)
}
