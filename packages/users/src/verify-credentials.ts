import { AccountError } from './account-error.js'
import type { LoginAttempts } from './login-attempts.js'
import type { PasswordHasher } from './password-hash.js'
import type { User, UserRepository, UserWithPassword } from './user.js'

export interface Credentials {
  readonly email: string
  readonly password: string
}

export interface CredentialPorts {
  readonly users: UserRepository
  readonly passwords: PasswordHasher
  readonly loginAttempts: LoginAttempts
}

/**
 * The user behind an email and a password. An unknown email and a wrong password give the same error
 * after the same work, so that the answer does not tell who has an account (OWASP ASVS 5.0 6.3.8).
 *
 * @throws {AccountError} `invalid_credentials`, `too_many_attempts`, `overloaded`
 */
export async function authenticateWithEmailAndPassword(
  { email, password }: Credentials,
  ports: CredentialPorts,
): Promise<UserWithPassword> {
  return countingFailures(email, ports.loginAttempts, async () => {
    const user = await ports.users.findByEmail(email)
    const matches = await ports.passwords.verify(password, user?.passwordHash)
    if (!user || !matches) {
      throw new AccountError('invalid_credentials', 'Email or password is wrong.')
    }
    await upgradeHash(user, password, ports)
    return user
  })
}

/**
 * Logs in: `issue` makes the credential. A password that was changed while this login was under way
 * has ended the devices known by then; this one came later and would stay, so it is refused here.
 *
 * @throws {AccountError} as {@link authenticateWithEmailAndPassword}
 */
export async function loginWithEmail<Credential>(
  credentials: Credentials,
  ports: CredentialPorts,
  issue: (user: User, passwordVersion: number) => Promise<Credential>,
  withdraw: (credential: Credential) => Promise<void>,
): Promise<{ user: User; credential: Credential }> {
  const user = await authenticateWithEmailAndPassword(credentials, ports)
  const credential = await issue(user, user.passwordVersion)
  const version = await ports.users.passwordVersion(user.id).catch((error: unknown) => {
    // Not waited for: the store may be the one that has just failed.
    withdraw(credential).catch(() => undefined)
    throw error
  })
  if (version !== user.passwordVersion) {
    await withdraw(credential)
    throw new AccountError('invalid_credentials', 'Email or password is wrong.')
  }
  return { user, credential }
}

/** Only a try that ended in a wrong password stays counted: not a success, not a store that is down. */
export async function countingFailures<T>(
  email: string,
  attempts: LoginAttempts,
  check: () => Promise<T>,
): Promise<T> {
  await attempts.begin(email)
  let result: T
  try {
    result = await check()
  } catch (error) {
    const failed = error instanceof AccountError && FAILURES.has(error.code)
    // Not waited for: a store that is down has cost this request its time already.
    if (!failed) attempts.forgive(email).catch(() => undefined)
    throw error
  }
  await attempts.forgive(email)
  return result
}

const FAILURES: ReadonlySet<string> = new Set(['invalid_credentials', 'wrong_current_password'])

/** A raised cost reaches old users at their next login, the only moment the password is known. */
async function upgradeHash(
  user: UserWithPassword,
  password: string,
  { users, passwords }: CredentialPorts,
): Promise<void> {
  if (!passwords.isOutdated(user.passwordHash)) return
  await users.rehash(user.id, user.passwordHash, await passwords.hash(password))
}
