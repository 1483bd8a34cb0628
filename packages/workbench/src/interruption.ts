const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** One Ctrl-C reaches this process up to three times: from the terminal, from npm, from a shell. */
const SAME_KEYPRESS_MS = 1_000

/**
 * Turns the signals that ask this process to end into one abort. A second request, at least a second
 * later, is that of somebody who does not want to wait: the process leaves at once.
 */
export function interruption(onInterrupted: () => void): AbortSignal {
  const controller = new AbortController()
  let firstAt = 0
  const interrupt = (): void => {
    if (firstAt === 0) {
      firstAt = Date.now()
      onInterrupted()
      controller.abort(new Interrupted())
    } else if (Date.now() - firstAt > SAME_KEYPRESS_MS) {
      process.exit(130)
    }
  }
  for (const signal of SIGNALS) process.on(signal, interrupt)
  return controller.signal
}

/** Somebody asked the work to stop before it was done. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}
