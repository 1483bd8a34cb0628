import { randomUUID } from 'node:crypto'
import { createLoginAttempts } from './login-attempts.js'
import { createLogins, type IssuedTokens, type Logins } from './logins.js'
import { createPasswords } from './passwords.js'
import { Problem } from './problem.js'
import { RefreshFamilies } from './refresh-families.js'
import type { Registration } from './requests.js'
import { type Mistakes, switchable } from './switchable.js'
import { createTokens, type Tokens } from './tokens.js'
import { addUser, type UserRow, UserTable } from './users.js'

// #region tells-unknown-user
const refuseUnknownUser = switchable<() => Problem>('tells-unknown-user', {
  wrong: () => new Problem('not_found', { detail: 'There is no user with this email.' }),
  right: () => new Problem('invalid_credentials'),
})
// #endregion tells-unknown-user

/** What a user gets who comes in. */
export interface Entry extends IssuedTokens {
  readonly user: UserRow
}

export interface Accounts {
  readonly users: UserTable
  readonly tokens: Tokens
  readonly families: RefreshFamilies
  readonly logins: Logins
  register(registration: Registration, userAgent: string | null): Promise<Entry>
  login(email: string, password: string, userAgent: string | null): Promise<Entry>
  /** Ends the user's other logins. `familyId` is the one that stays. */
  changePassword(user: UserRow, familyId: string, change: PasswordChange): Promise<void>
  /** Deletes the user and ends all logins. */
  remove(user: UserRow, currentPassword: string): Promise<void>
}

interface PasswordChange {
  readonly currentPassword: string
  readonly password: string
}

export function createAccounts(mistakes: Mistakes, bcryptCost: number): Accounts {
  const users = new UserTable()
  const tokens = createTokens(mistakes)
  const families = new RefreshFamilies(mistakes)
  const logins = createLogins(mistakes, tokens, families)
  const passwords = createPasswords(mistakes, bcryptCost)
  const attempts = createLoginAttempts(mistakes)()
  const refuseUnknown = refuseUnknownUser(mistakes)

  const confirm = async (user: UserRow, currentPassword: string): Promise<void> => {
    attempts.begin(user.email)
    if (!(await passwords.matches(currentPassword, user.passwordHash))) {
      throw new Problem('wrong_current_password')
    }
    attempts.forgive(user.email)
  }

  return {
    users,
    tokens,
    families,
    logins,
    async register({ nickname, email, password }, userAgent) {
      passwords.check(password)
      const profile = { id: randomUUID(), nickname, email, createdAt: new Date().toISOString() }
      const user = await addUser(mistakes)(users, profile, async () => passwords.hash(password))
      return { user, ...(await logins.start(user, userAgent)) }
    },
    async login(email, password, userAgent) {
      attempts.begin(email)
      const user = await users.findByEmail(email)
      const seen = user?.passwordHash
      const matches = await passwords.matches(password, seen)
      if (!user) throw refuseUnknown()
      if (!matches) throw new Problem('invalid_credentials')
      attempts.forgive(email)
      const { familyId, ...issued } = await logins.start(user, userAgent)
      if (user.passwordHash !== seen) {
        // Changed while we compared: the change has ended the logins that it knew, not this one.
        families.end(familyId)
        throw new Problem('invalid_credentials')
      }
      return { user, ...issued }
    },
    async changePassword(user, familyId, { currentPassword, password }) {
      passwords.check(password)
      const seen = user.passwordHash
      await confirm(user, currentPassword)
      const passwordHash = await passwords.hash(password)
      if (user.passwordHash !== seen) throw new Problem('password_changed')
      user.passwordHash = passwordHash
      families.endAll(user.id, familyId)
    },
    async remove(user, currentPassword) {
      const seen = user.passwordHash
      await confirm(user, currentPassword)
      if (user.passwordHash !== seen) throw new Problem('password_changed')
      await users.delete(user)
      families.endAll(user.id)
    },
  }
}
