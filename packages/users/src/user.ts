import type { PendingRevocation } from './revocation.js'

/** Somebody who can log in. Never carries a password or its hash. */
export interface User {
  readonly id: string
  readonly nickname: string
  readonly email: string
  readonly createdAt: Date
}

/** A user with what only the password checks may see. */
export interface UserWithPassword extends User {
  readonly passwordHash: string
  /** Grows by one with each new password: tells whether a login used the one that is valid now. */
  readonly passwordVersion: number
}

/** What a login needs to know. */
export interface LoginLookup {
  /** `undefined` if nobody has this email. */
  readonly user: UserWithPassword | undefined
  /** The highest bcrypt cost of all stored hashes: what refusing a login must cost, for every email. */
  readonly highestCost: number
}

/** The version of the password that a user registers with. */
export const FIRST_PASSWORD_VERSION = 1

export type NewUser = Omit<UserWithPassword, 'passwordVersion'>

/** Where a page of users begins: after this nickname, in the order of nicknames. */
export interface UserPage {
  readonly after?: string | undefined
  readonly limit: number
}

export interface UserRepository {
  /**
   * @throws {AccountError} `nickname_taken` or `email_taken`. The store's unique index decides, so one
   *   of N parallel calls wins.
   */
  add(user: NewUser): Promise<User>
  /** Takes a user back; one that is gone is no error. */
  remove(id: string): Promise<void>
  findById(id: string): Promise<User | undefined>
  findForLogin(email: string): Promise<LoginLookup>
  findWithPassword(id: string): Promise<UserWithPassword | undefined>
  list(page: UserPage): Promise<Pick<User, 'id' | 'nickname'>[]>
  /** @throws {AccountError} `nickname_taken` */
  rename(id: string, nickname: string): Promise<User | undefined>
  /**
   * Announces the devices that a new password will end. Until the announcement is removed, or overdue, no
   * other device of the user can announce a change of the same password.
   *
   * @returns false if the password has changed meanwhile, or another device is changing it
   */
  announceRevocation(pending: PendingRevocation): Promise<boolean>
  /**
   * Sets a new password, unless another one was set since `expectedVersion` was read. The same write records
   * the devices that the password ends, and replaces the announcement.
   */
  setPassword(
    id: string,
    passwordHash: string,
    expectedVersion: number,
    pending?: PendingRevocation,
  ): Promise<User | undefined>
  /**
   * Deletes a user whose password is still the one of `expectedVersion`, and everything that is stored with the
   * account. The same write records the devices that are still to be logged out; the record outlives the user.
   *
   * @returns false if another password was set, or the user is gone
   */
  deleteAccount(
    id: string,
    expectedVersion: number,
    pending: PendingRevocation | undefined,
  ): Promise<boolean>
  /** Recorded revocations whose request had the time to finish them. They are due again a little later. */
  dueRevocations(place: string): Promise<PendingRevocation[]>
  removeRevocation(id: string): Promise<void>
  /** Keeps the password and stores it under another hash, made with the cost of today. */
  rehash(id: string, oldHash: string, newHash: string): Promise<void>
  /** `undefined` when there is no such user any more. */
  passwordVersion(id: string): Promise<number | undefined>
}

/** What two nicknames must not share: compared without case, in Unicode's compatibility form. */
export function nicknameKey(nickname: string): string {
  return nickname.normalize('NFKC').toLowerCase()
}
