import { AccountError } from './account-error.js'
import { refuseUnlessDeleted } from './change-password.js'
import { type DeviceStore, finishRevocation, pendingRevocation } from './revocation.js'
import { type CredentialPorts, countingFailures } from './verify-credentials.js'

export interface AccountDeletion {
  readonly userId: string
  readonly currentPassword: string
}

/**
 * Deletes the account and its posts, and ends every login of the user. The account goes first, together with a
 * record of the devices that are still to be logged out, so a store that is down now can't keep anybody logged
 * in. `devices` is undefined where the server keeps none.
 *
 * @returns false if there is no such user any more
 * @throws {AccountError} `wrong_current_password`, `password_changed`, `too_many_attempts`, `overloaded`
 */
export async function deleteAccount(
  { userId, currentPassword }: AccountDeletion,
  ports: CredentialPorts,
  devices: DeviceStore | undefined,
  signal?: AbortSignal,
): Promise<boolean> {
  const { users, passwords } = ports
  const user = await users.findWithPassword(userId)
  if (!user) return false
  await countingFailures(user.email, ports.loginAttempts, async () => {
    const { matches } = await passwords.verify(currentPassword, user.passwordHash, { signal })
    if (matches) return
    throw new AccountError('wrong_current_password', 'The current password is wrong.')
  })
  // Nobody can log in with a later version, so this ends every device.
  const everyDevice = { userId, passwordVersion: user.passwordVersion + 1, keptDevice: undefined }
  const recorded = devices && pendingRevocation(everyDevice, devices.place)
  if (!(await users.deleteAccount(userId, user.passwordVersion, recorded))) {
    await refuseUnlessDeleted(userId, users)
    return false
  }
  // The account is gone, and the record is there: whatever fails here will be repeated.
  if (devices && recorded) await finishRevocation(recorded, users, devices).catch(() => undefined)
  return true
}
