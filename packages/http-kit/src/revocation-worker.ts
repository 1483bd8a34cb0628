import { setTimeout as sleep } from 'node:timers/promises'
import { type DeviceStore, finishDueRevocations, type UserRepository } from '@session-vs-jwt/users'
import type { Logger } from './logger.js'

const EVERY_MS = 5_000

/**
 * Logs out the devices that a password change has left behind because something failed. The list of them is
 * in PostgreSQL, so it survives a restart, and any server on the same stores can work it off.
 *
 * @returns stops the worker, and waits until it has
 */
export function startRevocationWorker(
  users: UserRepository,
  devices: DeviceStore | undefined,
  logger: Logger,
): () => Promise<void> {
  const stop = new AbortController()
  const stopped = devices && repeat(() => finishDueRevocations(users, devices), logger, stop.signal)
  return async () => {
    stop.abort()
    await stopped
  }
}

async function repeat(
  work: () => Promise<void>,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  let isFailing = false
  while (await pause(signal)) {
    try {
      await work()
      isFailing = false
    } catch (err) {
      // An outage can last for hours, and is logged once.
      if (!isFailing) logger.warn({ err }, 'some devices are still logged in after a new password')
      isFailing = true
    }
  }
}

/** Resolves to false as soon as the worker has to stop. */
async function pause(signal: AbortSignal): Promise<boolean> {
  await sleep(EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined)
  return !signal.aborted
}
