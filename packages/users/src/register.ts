import { AccountError } from './account-error.js'
import type { PasswordHasher } from './password-hash.js'
import { checkPasswordPolicy } from './password-policy.js'
import { FIRST_PASSWORD_VERSION, type User, type UserRepository } from './user.js'

export interface Registration {
  readonly nickname: string
  readonly email: string
  readonly password: string
}

export interface RegisterPorts {
  readonly users: UserRepository
  readonly passwords: PasswordHasher
}

/** What a new user gets from outside, so that tests can freeze it. */
export interface NewUserFacts {
  readonly id: string
  readonly createdAt: Date
}

/**
 * Creates a user and logs in: `issue` makes the credential. Where it cannot, the user is taken back, or a
 * refused registration would keep its names. There is no check for a taken name before the insert: between the two another
 * registration could slip in, so the insert itself finds out.
 *
 * @throws {AccountError} `password_refused`, `nickname_taken`, `email_taken`, `overloaded`
 */
export async function registerWithEmail<Credential>(
  registration: Registration,
  facts: NewUserFacts,
  { users, passwords }: RegisterPorts,
  issue: (user: User, passwordVersion: number) => Promise<Credential>,
  signal?: AbortSignal,
): Promise<{ user: User; credential: Credential }> {
  checkPasswordPolicy(registration.password)
  const passwordHash = await passwords.hash(registration.password, signal)
  const { nickname, email } = registration
  const user = await users.add({ ...facts, nickname, email, passwordHash })
  try {
    return { user, credential: await issue(user, FIRST_PASSWORD_VERSION) }
  } catch (error) {
    await users.remove(user.id).catch(() => undefined)
    throw error
  }
}

/** The error for a name that somebody else has; `field` is what the store's index found. */
export function taken(field: 'nickname' | 'email'): AccountError {
  return new AccountError(`${field}_taken`, `This ${field} is taken.`)
}
