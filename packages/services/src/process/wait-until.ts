import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again and again until `condition` holds; false if it did not within `timeoutMs`. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  intervalMs = 20,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > deadline) return false
    await sleep(intervalMs)
  }
  return true
}
