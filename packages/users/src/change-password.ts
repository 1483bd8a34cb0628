import { AccountError } from './account-error.js'
import { checkPasswordPolicy } from './password-policy.js'
import type { User } from './user.js'
import { type CredentialPorts, countingFailures } from './verify-credentials.js'

export interface PasswordChange {
  readonly userId: string
  readonly currentPassword: string
  readonly password: string
}

/**
 * Sets a new password, then ends the user's other devices. A login with the old password that is under way
 * has either begun a device by then, which is ended, or finds the new password and takes itself back. Where
 * the devices cannot be ended, the old password is put back: a change that was refused has not happened.
 *
 * @throws {AccountError} `password_refused`, `wrong_current_password`, `password_changed`,
 *   `too_many_attempts`, `overloaded`
 */
export async function changePassword(
  change: PasswordChange,
  ports: CredentialPorts,
  endOtherDevices: () => Promise<void>,
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
  const changed = await users.setPassword(user.id, passwordHash, user.passwordVersion)
  if (!changed) throw new AccountError('password_changed', 'The password was just changed.')
  try {
    await endOtherDevices()
  } catch (error) {
    await users.setPassword(user.id, user.passwordHash, user.passwordVersion + 1)
    throw error
  }
  return changed
}
