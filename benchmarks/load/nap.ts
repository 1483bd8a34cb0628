import { setImmediate as nextTurn } from 'node:timers/promises'

const nothing = new Int32Array(new SharedArrayBuffer(4))

/** What comes in during a nap has to wait for its end. */
const LONGEST_MS = 0.1

/**
 * Lets `ms` pass, but no more than a tenth of a millisecond, and then what has come in meanwhile. A
 * timer of Node.js takes a whole millisecond at least; this sleeps in the kernel, which keeps no
 * processor busy as a loop would.
 */
export async function nap(ms: number): Promise<void> {
  if (ms > 0) Atomics.wait(nothing, 0, 0, Math.min(ms, LONGEST_MS))
  await nextTurn()
}
