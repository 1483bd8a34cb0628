import { randomUUID } from 'node:crypto'
import { LoginAttempts } from './login-attempts.js'
import { checkPolicy, PasswordHash } from './password.js'
import { BASIC_CHALLENGE, Problem } from './problem.js'

export interface User {
  readonly id: string
  /** Counts the users: where a page of them begins. */
  readonly number: number
  readonly email: string
  readonly createdAt: Date
  nickname: string
  passwordHash: string
}

/** Users in memory. What stands between two `await` happens in one turn: nothing comes in between. */
export class Accounts {
  readonly #byId = new Map<string, User>()
  readonly #byEmail = new Map<string, User>()
  readonly #byNickname = new Map<string, User>()
  #registered = 0
  readonly #attempts = new LoginAttempts()
  readonly #passwords: PasswordHash

  constructor(bcryptCost: number) {
    this.#passwords = new PasswordHash(bcryptCost)
  }

  async register(nickname: string, email: string, password: string): Promise<User> {
    checkPolicy(password)
    const passwordHash = await this.#passwords.make(password)
    // Only now: of many that register at once, all are still free before the hash.
    if (this.#byNickname.has(keyOf(nickname))) throw new Problem('nickname_taken')
    if (this.#byEmail.has(email)) throw new Problem('email_taken')
    const number = ++this.#registered
    const createdAt = new Date()
    const user = { id: randomUUID(), number, nickname, email, passwordHash, createdAt }
    this.#byId.set(user.id, user)
    this.#byEmail.set(email, user)
    this.#byNickname.set(keyOf(nickname), user)
    return user
  }

  /**
   * `start` begins the session in the turn in which the password is still the one that was compared. A
   * change of the password comes before, and the login fails, or after, and ends the session.
   */
  async login(email: string, password: string, start: (user: User) => void): Promise<User> {
    const user = this.#byEmail.get(email)
    const hash = user?.passwordHash
    const matches = await this.#guess(email, password, hash)
    if (!matches || !user || user.passwordHash !== hash) {
      throw new Problem('invalid_credentials', { headers: { 'WWW-Authenticate': BASIC_CHALLENGE } })
    }
    start(user)
    return user
  }

  async changePassword(
    user: User,
    password: string,
    currentPassword: string,
    endOtherDevices: () => void,
  ): Promise<void> {
    checkPolicy(password)
    const hash = user.passwordHash
    if (!(await this.#guess(user.email, currentPassword, hash))) {
      throw new Problem('wrong_current_password')
    }
    const newHash = await this.#passwords.make(password)
    if (user.passwordHash !== hash) throw new Problem('password_changed')
    user.passwordHash = newHash
    endOtherDevices()
  }

  async remove(user: User, currentPassword: string): Promise<User> {
    const hash = user.passwordHash
    if (!(await this.#guess(user.email, currentPassword, hash))) {
      throw new Problem('wrong_current_password')
    }
    if (!this.#byId.has(user.id)) throw new Problem('invalid_credential')
    if (user.passwordHash !== hash) throw new Problem('password_changed')
    // A login that is under way finds no hash that it could have compared.
    user.passwordHash = ''
    this.#byId.delete(user.id)
    this.#byEmail.delete(user.email)
    this.#byNickname.delete(keyOf(user.nickname))
    return user
  }

  rename(user: User, nickname: string): void {
    const owner = this.#byNickname.get(keyOf(nickname))
    if (owner && owner !== user) throw new Problem('nickname_taken')
    this.#byNickname.delete(keyOf(user.nickname))
    this.#byNickname.set(keyOf(nickname), user)
    user.nickname = nickname
  }

  get(id: string): User {
    const user = this.#byId.get(id)
    if (!user) throw new Problem('invalid_credential')
    return user
  }

  all(): User[] {
    return [...this.#byId.values()]
  }

  /** Only a wrong guess stays counted. */
  async #guess(email: string, password: string, hash: string | undefined): Promise<boolean> {
    const takeBack = this.#attempts.begin(email)
    const matches = await this.#passwords.matches(password, hash)
    if (matches) takeBack()
    return matches
  }
}

/** Nicknames that look the same are the same. */
function keyOf(nickname: string): string {
  return nickname.normalize('NFKC').toLowerCase()
}
