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
 * An abort of `signal` drops the attempt unless its password is being checked already.
 *
 * @throws {AccountError} `invalid_credentials`, `too_many_attempts`, `overloaded`
 */
export async function authenticateWithEmailAndPassword(
  { email, password }: Credentials,
  { users, passwords, loginAttempts }: CredentialPorts,
  signal?: AbortSignal,
): Promise<UserWithPassword> {
  return countingFailures(email, loginAttempts, async () => {
    const { user, highestCost } = await users.findForLogin(email)
    const { matches, newHash } = await passwords.verify(password, user?.passwordHash, {
      highestCost,
      signal,
    })
    if (!user || !matches) {
      throw new AccountError('invalid_credentials', 'Email or password is wrong.')
    }
    // Only now is the password known: a raised or lowered cost reaches users as they log in.
    if (newHash !== undefined) await users.rehash(user.id, user.passwordHash, newHash)
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
  signal?: AbortSignal,
): Promise<{ user: User; credential: Credential }> {
  const user = await authenticateWithEmailAndPassword(credentials, ports, signal)
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

/**
 * Runs `check` as one of an account's attempts; only a wrong password counts. No outcome is passed on before
 * the store has recorded it, or guesses would be free while the store is down.
 */
export async function countingFailures<T>(
  email: string,
  attempts: LoginAttempts,
  check: () => Promise<T>,
): Promise<T> {
  const attempt = await attempts.begin(email)
  let result: T
  try {
    result = await check()
  } catch (error) {
    if (error instanceof AccountError && FAILURES.has(error.code)) await attempt.fail()
    // Not waited for: a store that is down has cost this request its time already.
    else attempt.forgive().catch(() => undefined)
    throw error
  }
  await attempt.forgive()
  return result
}

const FAILURES: ReadonlySet<string> = new Set(['invalid_credentials', 'wrong_current_password'])
