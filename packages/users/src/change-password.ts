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
 * Sets a new password and ends the user's other devices. They are ended twice: before, so that a store
 * that is down refuses the change while nothing has happened; and after, for a login that used the old
 * password in between.
 *
 * @throws {AccountError} `password_refused`, `wrong_current_password`, `too_many_attempts`, `overloaded`
 */
export async function changePassword(
  change: PasswordChange,
  ports: CredentialPorts,
  endOtherDevices: () => Promise<void>,
): Promise<User | undefined> {
  checkPasswordPolicy(change.password)
  const user = await ports.users.findWithPassword(change.userId)
  if (!user) return undefined
  await countingFailures(user.email, ports.loginAttempts, async () => {
    if (!(await ports.passwords.verify(change.currentPassword, user.passwordHash))) {
      throw new AccountError('wrong_current_password', 'The current password is wrong.')
    }
  })
  const passwordHash = await ports.passwords.hash(change.password)
  await endOtherDevices()
  const changed = await ports.users.setPassword(user.id, passwordHash, user.passwordVersion)
  if (!changed) throw new AccountError('wrong_current_password', 'The password was just changed.')
  await endOtherDevices()
  return changed
}
