import { AccountError } from './account-error.js'
import { checkPasswordPolicy } from './password-policy.js'
import { type DeviceStore, finishRevocation, pendingRevocation } from './revocation.js'
import type { User, UserRepository } from './user.js'
import { type CredentialPorts, countingFailures } from './verify-credentials.js'

export interface PasswordChange {
  readonly userId: string
  readonly currentPassword: string
  readonly password: string
}

/** The devices that a new password logs out, and the one that asks for it. */
export interface OtherDevices {
  readonly store: DeviceStore
  readonly keptDevice: string | undefined
}

/** A password that has passed every check, but isn't set yet. */
interface NewPassword {
  readonly userId: string
  readonly passwordHash: string
  readonly currentVersion: number
}

/**
 * Sets a new password and logs out the user's other devices. `others` is undefined where the server keeps no
 * devices, so nothing can be logged out.
 *
 * @throws {AccountError} `password_refused`, `wrong_current_password`, `password_changed`,
 *   `too_many_attempts`, `overloaded`
 */
export async function changePassword(
  change: PasswordChange,
  ports: CredentialPorts,
  others: OtherDevices | undefined,
  signal?: AbortSignal,
): Promise<User | undefined> {
  checkPasswordPolicy(change.password)
  const { users, passwords } = ports
  const user = await users.findWithPassword(change.userId)
  if (!user) return undefined
  const passwordHash = await countingFailures(user.email, ports.loginAttempts, async () => {
    const { currentPassword, password } = change
    const hash = await passwords.replace(currentPassword, user.passwordHash, password, signal)
    if (hash !== undefined) return hash
    throw new AccountError('wrong_current_password', 'The current password is wrong.')
  })
  const next = { userId: user.id, passwordHash, currentVersion: user.passwordVersion }
  const changed = await (others ? setAndRevoke(next, users, others) : setPassword(next, users))
  return changed ?? refuseUnlessDeleted(user.id, users)
}

async function setPassword(
  { userId, passwordHash, currentVersion }: NewPassword,
  users: UserRepository,
): Promise<User | undefined> {
  return users.setPassword(userId, passwordHash, currentVersion)
}

/**
 * Every failure leaves devices logged out rather than logged in. The others end before the password changes,
 * so nothing that fails later can leave a thief behind. A login with the old password may slip in between,
 * so they end once more. The record makes sure of that: it is written together with the password.
 */
async function setAndRevoke(
  { userId, passwordHash, currentVersion }: NewPassword,
  users: UserRepository,
  { store, keptDevice }: OtherDevices,
): Promise<User | undefined> {
  const revocation = { userId, passwordVersion: currentVersion + 1, keptDevice }
  const announced = pendingRevocation(revocation, store.place)
  if (!(await users.announceRevocation(announced))) return undefined
  await store.endDevices(revocation)
  const recorded = pendingRevocation(revocation, store.place)
  const changed = await users.setPassword(userId, passwordHash, currentVersion, recorded)
  if (!changed) {
    await users.removeRevocation(announced.id)
    return undefined
  }
  // The password is set, and the record is too: whatever fails here will be repeated.
  await finishRevocation(recorded, users, store).catch(() => undefined)
  return changed
}

/**
 * Another request was faster: it has deleted the account, or changed its password.
 *
 * @throws {AccountError} `password_changed`
 */
export async function refuseUnlessDeleted(
  userId: string,
  users: Pick<UserRepository, 'passwordVersion'>,
): Promise<undefined> {
  if ((await users.passwordVersion(userId)) === undefined) return undefined
  throw new AccountError('password_changed', 'The password was just changed.')
}
