import { setTimeout as delay } from 'node:timers/promises'

const MINUTE_MS = 60_000

/** Work beside the requests; see {@link everyMinute}. */
export interface RepeatedWork {
  /** Starts no more work, and waits for what is under way. */
  stop(): Promise<void>
}

/** Told of the first failure of a streak, and of the first success after it. */
export interface WorkListener {
  failed(error: unknown): void
  succeeded(): void
}

/**
 * Runs `work` once a minute beside the requests, without keeping the process alive. Work that fails is
 * tried again at the next turn. Work that goes on for long looks at `signal`, which `stop` aborts.
 */
export function everyMinute(
  work: (signal: AbortSignal) => Promise<void>,
  listener: WorkListener,
): RepeatedWork {
  const stopping = new AbortController()
  const { signal } = stopping
  const ended = repeat(async () => work(signal), listener, signal)
  return {
    stop: async () => {
      stopping.abort()
      await ended
    },
  }
}

async function repeat(
  work: () => Promise<void>,
  listener: WorkListener,
  signal: AbortSignal,
): Promise<void> {
  let isFailing = false
  while (await aMinuteLater(signal)) {
    try {
      await work()
      if (isFailing) listener.succeeded()
      isFailing = false
    } catch (error) {
      if (!isFailing && !signal.aborted) listener.failed(error)
      isFailing = true
    }
  }
}

/** Whether a minute has passed: `false` if `signal` came first. */
async function aMinuteLater(signal: AbortSignal): Promise<boolean> {
  return delay(MINUTE_MS, true, { signal, ref: false }).catch(() => false)
}

/**
 * Until when what has expired is removed: a clock that was set forward by an hour must not cost for good
 * what has not expired.
 */
export function anHourBefore(now: Date): Date {
  return new Date(now.getTime() - 3_600_000)
}
