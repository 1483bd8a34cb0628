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
  onParentGone(() => {
    if (firstAt === 0) interrupt()
  })
  return controller.signal
}

/** The bootstrap watches npm from its first moment, and tells of it by this event of `process`. */
const PARENT_GONE = 'workbench:parent-gone'

/** npm may be killed, and leave this process behind with nobody who could stop it. */
function onParentGone(act: () => void): void {
  const events: NodeJS.EventEmitter = process
  events.on(PARENT_GONE, act)
}

/** Resolves when `signal` aborts; at once if it has. */
export async function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}

/** Somebody asked the work to stop before it was done. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}
