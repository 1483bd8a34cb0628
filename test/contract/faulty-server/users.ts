import { setTimeout as wait } from 'node:timers/promises'
import { Problem } from './problem.js'
import { switchable } from './switchable.js'

export interface UserRow {
  readonly id: string
  nickname: string
  readonly email: string
  readonly createdAt: string
  passwordHash: string
}

// #region password-in-answer
export const userView = switchable<(row: UserRow) => object>('password-in-answer', {
  wrong: (row) => row,
  right: ({ id, nickname, email, createdAt }) => ({ id, nickname, email, createdAt }),
})
// #endregion password-in-answer

// #region check-then-insert
type NewUser = Omit<UserRow, 'passwordHash'>
type AddUser = (users: UserTable, user: NewUser, hash: () => Promise<string>) => Promise<UserRow>

export const addUser = switchable<AddUser>('check-then-insert', {
  async wrong(users, user, hash) {
    if (await users.findByNickname(user.nickname)) throw new Problem('nickname_taken')
    if (await users.findByEmail(user.email)) throw new Problem('email_taken')
    return users.insert({ ...user, passwordHash: await hash() })
  },
  async right(users, user, hash) {
    return users.insertUnique({ ...user, passwordHash: await hash() })
  },
})
// #endregion check-then-insert

/** Milliseconds to a database and back: between two queries somebody else has a turn. */
const ROUND_TRIP_MS = 5

/** Users in memory, behind the delay that a database has. A row that is found is the row itself. */
export class UserTable {
  #rows: UserRow[] = []

  async findById(id: string): Promise<UserRow | undefined> {
    return this.#find((row) => row.id === id)
  }

  async findByEmail(email: string): Promise<UserRow | undefined> {
    return this.#find((row) => row.email === email)
  }

  async findByNickname(nickname: string): Promise<UserRow | undefined> {
    return this.#find((row) => nicknameKey(row.nickname) === nicknameKey(nickname))
  }

  async insert(row: UserRow): Promise<UserRow> {
    await wait(ROUND_TRIP_MS)
    this.#rows.push(row)
    return row
  }

  /** As a unique index has it: nothing comes between the check and the insert. */
  async insertUnique(row: UserRow): Promise<UserRow> {
    await wait(ROUND_TRIP_MS)
    this.#refuseTaken(row)
    this.#rows.push(row)
    return row
  }

  async rename(row: UserRow, nickname: string): Promise<void> {
    await wait(ROUND_TRIP_MS)
    this.#refuseTaken({ ...row, nickname })
    row.nickname = nickname
  }

  async delete(row: UserRow): Promise<void> {
    await wait(ROUND_TRIP_MS)
    // A login that is under way finds no hash that it could have compared.
    row.passwordHash = ''
    this.#rows = this.#rows.filter((it) => it !== row)
  }

  async listAfter(after: string | undefined): Promise<Pick<UserRow, 'id' | 'nickname'>[]> {
    await wait(ROUND_TRIP_MS)
    const first = after === undefined ? '' : nicknameKey(after)
    return this.#rows
      .map(({ id, nickname }) => ({ id, nickname, key: nicknameKey(nickname) }))
      .filter(({ key }) => key > first)
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ id, nickname }) => ({ id, nickname }))
  }

  async #find(isWanted: (row: UserRow) => boolean): Promise<UserRow | undefined> {
    await wait(ROUND_TRIP_MS)
    return this.#rows.find(isWanted)
  }

  #refuseTaken({ id, nickname, email }: NewUser): void {
    const others = this.#rows.filter((row) => row.id !== id)
    if (others.some((row) => nicknameKey(row.nickname) === nicknameKey(nickname))) {
      throw new Problem('nickname_taken')
    }
    if (others.some((row) => row.email === email)) throw new Problem('email_taken')
  }
}

/** Nicknames are compared without case, in Unicode's compatibility form. */
function nicknameKey(nickname: string): string {
  return nickname.normalize('NFKC').toLowerCase()
}
