import { expect } from 'vitest'
import { type Device, loggedIn, registered } from '../device.js'
import { until } from './load.js'
import { BACK_WITHIN_MS } from './promises.js'
import type { FaultServer } from './stack.js'

const LANES = 4
const LOGOUTS = 16

interface Pausable {
  pause(): void
  resume(): void
}

interface Logout {
  readonly device: Device
  readonly status: number
  /** Sent when the store was asleep already. */
  readonly isLate: boolean
}

/**
 * Devices log out while `store` falls asleep: 204 is logged out, and 503 is as before. A commit that is under way
 * as PostgreSQL is stopped is done when it wakes: what was sent earlier may be refused and done.
 */
export async function expectTrueLogouts(
  server: FaultServer,
  store: Pausable,
  canCommitLate: boolean,
): Promise<void> {
  const { device, account } = await registered(server)
  const leaving: Device[] = []
  for (let n = 0; n < LOGOUTS; n += 1) leaving.push(await loggedIn(server, account))
  const logouts: Logout[] = []
  let isAsleep = false
  const next = leaving.values()
  const lanes = Array.from({ length: LANES }, async () => {
    for (const it of next) {
      const isLate = isAsleep
      const { status } = await it.copy().logout()
      logouts.push({ device: it, status, isLate })
    }
  })
  try {
    await until('some are logged out', () => logouts.length >= LANES, 5_000, 0)
    store.pause()
    isAsleep = true
    await Promise.all(lanes)
  } finally {
    store.resume()
  }
  await until('back', async () => (await device.devices()).status === 200, BACK_WITHIN_MS)
  const wrong = []
  for (const { device: it, status, isLate } of logouts) {
    const { status: after } = await it.renew()
    const right = status === 204 ? [401] : canCommitLate && !isLate ? [200, 401] : [200]
    if (!right.includes(after)) wrong.push({ status, isLate, after })
  }
  expect(wrong).toEqual([])
  expect(logouts.filter(({ isLate }) => !isLate).map(({ status }) => status)).toContain(204)
  const late = logouts.filter(({ isLate }) => isLate)
  expect(late.length).toBeGreaterThan(0)
  expect(late.map(({ status }) => status)).toEqual(late.map(() => 503))
}
