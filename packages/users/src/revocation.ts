import { randomUUID } from 'node:crypto'
import type { UserRepository } from './user.js'

/**
 * A new password logs out the user's other devices: those that logged in with an older one. A device that
 * logs in with the new password stays, however late the others are logged out.
 */
export interface Revocation {
  readonly userId: string
  /** Devices that logged in with an older version of the password end. */
  readonly passwordVersion: number
  /** The device that changes the password stays logged in. A token of no device keeps none. */
  readonly keptDevice: string | undefined
}

/** The devices of all users: sessions, or families of refresh tokens. */
export interface DeviceStore {
  /** Names the store in recorded revocations, so that a server only finishes those it can reach. */
  readonly place: string
  endDevices(revocation: Revocation): Promise<void>
}

/** A revocation that is recorded next to the password until it is done. */
export interface PendingRevocation extends Revocation {
  readonly id: string
  readonly place: string
}

type Records = Pick<UserRepository, 'dueRevocations' | 'removeRevocation'>

export function pendingRevocation(revocation: Revocation, place: string): PendingRevocation {
  return { ...revocation, place, id: randomUUID() }
}

/** The record goes last: if this fails at any point, somebody can still repeat it. */
export async function finishRevocation(
  pending: PendingRevocation,
  users: Records,
  devices: DeviceStore,
): Promise<void> {
  await devices.endDevices(pending)
  await users.removeRevocation(pending.id)
}

/**
 * Finishes revocations that a failure has interrupted. Several servers may do it at once, because ending a
 * device twice does no harm.
 */
export async function finishDueRevocations(users: Records, devices: DeviceStore): Promise<void> {
  const due = await users.dueRevocations(devices.place)
  const results = await Promise.allSettled(due.map((it) => finishRevocation(it, users, devices)))
  const failed = results.find((it) => it.status === 'rejected')
  if (failed) throw failed.reason
}
