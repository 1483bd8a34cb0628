const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The terminal and npm both pass on one Ctrl-C. */
const SAME_KEYPRESS_MS = 1_000

/** Aborts at the first Ctrl-C, so that a command can end in order; a second one leaves at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController()
  let firstAt = 0
  const interrupt = (): void => {
    if (firstAt === 0) {
      firstAt = Date.now()
      process.exitCode = 130
      controller.abort()
    } else if (Date.now() - firstAt > SAME_KEYPRESS_MS) process.exit(130)
  }
  for (const signal of SIGNALS) process.on(signal, interrupt)
  return controller.signal
}
