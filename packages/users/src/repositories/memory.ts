import { costOf } from '../password-hash.js'
import { taken } from '../register.js'
import type { PendingRevocation } from '../revocation.js'
import {
  FIRST_PASSWORD_VERSION,
  type LoginLookup,
  type NewUser,
  nicknameKey,
  type User,
  type UserPage,
  type UserRepository,
  type UserWithPassword,
} from '../user.js'

/** Users in this process: for trying the account logic without a database. */
export class MemoryUsers implements UserRepository {
  readonly #users = new Map<string, UserWithPassword>()
  /** By user and place. Everything in this process is due at once. */
  readonly #revocations = new Map<string, PendingRevocation>()

  async add(user: NewUser): Promise<User> {
    this.#refuseTaken(user)
    this.#users.set(user.id, { ...user, passwordVersion: FIRST_PASSWORD_VERSION })
    return publicPart(user)
  }

  async remove(id: string): Promise<void> {
    this.#users.delete(id)
  }

  async findById(id: string): Promise<User | undefined> {
    const user = this.#users.get(id)
    return user && publicPart(user)
  }

  async findForLogin(email: string): Promise<LoginLookup> {
    const all = [...this.#users.values()]
    const highestCost = Math.max(0, ...all.map(({ passwordHash }) => costOf(passwordHash)))
    return { user: all.find((user) => user.email === email), highestCost }
  }

  async findWithPassword(id: string): Promise<UserWithPassword | undefined> {
    return this.#users.get(id)
  }

  async list({ after, limit }: UserPage): Promise<Pick<User, 'id' | 'nickname'>[]> {
    return [...this.#users.values()]
      .map(({ id, nickname }) => ({ id, nickname, key: nicknameKey(nickname) }))
      .filter(({ key }) => after === undefined || key > nicknameKey(after))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
      .slice(0, limit)
      .map(({ id, nickname }) => ({ id, nickname }))
  }

  async rename(id: string, nickname: string): Promise<User | undefined> {
    const user = this.#users.get(id)
    if (!user) return undefined
    this.#refuseTaken({ id, nickname, email: user.email })
    return this.#replace({ ...user, nickname })
  }

  async announceRevocation(pending: PendingRevocation): Promise<boolean> {
    const { userId, passwordVersion, keptDevice } = pending
    if (this.#users.get(userId)?.passwordVersion !== passwordVersion - 1) return false
    const other = this.#revocations.get(keyOf(pending))
    const isTaken = other?.passwordVersion === passwordVersion && other.keptDevice !== keptDevice
    if (!isTaken) this.#revocations.set(keyOf(pending), pending)
    return !isTaken
  }

  async setPassword(
    id: string,
    passwordHash: string,
    expectedVersion: number,
    pending?: PendingRevocation,
  ): Promise<User | undefined> {
    const user = this.#users.get(id)
    if (user?.passwordVersion !== expectedVersion) return undefined
    if (pending) this.#revocations.set(keyOf(pending), pending)
    return this.#replace({ ...user, passwordHash, passwordVersion: expectedVersion + 1 })
  }

  async deleteAccount(
    id: string,
    expectedVersion: number,
    pending: PendingRevocation | undefined,
  ): Promise<boolean> {
    if (this.#users.get(id)?.passwordVersion !== expectedVersion) return false
    if (pending) this.#revocations.set(keyOf(pending), pending)
    return this.#users.delete(id)
  }

  async dueRevocations(place: string): Promise<PendingRevocation[]> {
    return [...this.#revocations.values()].filter((it) => it.place === place)
  }

  async removeRevocation(id: string): Promise<void> {
    for (const [key, it] of this.#revocations) if (it.id === id) this.#revocations.delete(key)
  }

  async rehash(id: string, oldHash: string, newHash: string): Promise<void> {
    const user = this.#users.get(id)
    if (user?.passwordHash === oldHash) this.#replace({ ...user, passwordHash: newHash })
  }

  async passwordVersion(id: string): Promise<number | undefined> {
    return this.#users.get(id)?.passwordVersion
  }

  #replace(user: UserWithPassword): User {
    this.#users.set(user.id, user)
    return publicPart(user)
  }

  #refuseTaken(user: Pick<User, 'id' | 'nickname' | 'email'>): void {
    for (const other of this.#users.values()) {
      if (other.id === user.id) continue
      if (nicknameKey(other.nickname) === nicknameKey(user.nickname)) throw taken('nickname')
      if (other.email === user.email) throw taken('email')
    }
  }
}

function keyOf({ userId, place }: PendingRevocation): string {
  return `${userId} ${place}`
}

function publicPart({ id, nickname, email, createdAt }: User): User {
  return { id, nickname, email, createdAt }
}
