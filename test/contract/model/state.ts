import { DEVICES, type DeviceName, type Nickname, type Password, type UserName } from './command.js'

export interface Account {
  readonly nickname: Nickname
  readonly password: Password
  /** Grows by one with each new password. */
  readonly version: number
  /** The login that is changing the password of this version. */
  readonly changing?: { readonly by: string; readonly version: number } | undefined
}

/** A session, or a refresh family: what the contract calls a device. Times are minutes. */
export interface Login {
  readonly user: UserName
  readonly begun: number
  /** When it ends if nobody uses it. */
  readonly until: number
  /** Which of its credentials counts: the first one is 0, and each rotation spends one. */
  readonly serial: number
  readonly ended: boolean
  /** The version of the password that it began with. */
  readonly version: number
}

/** A cookie, an access token or a refresh token. */
export interface Credential {
  readonly user: UserName
  readonly login: string
  readonly serial: number
  readonly until: number
  /** That of its user when an access token was issued, where the strategy has generations. */
  readonly generation?: number
}

/** What a device carries. A cookie is both. */
export interface Held {
  readonly access?: Credential
  readonly refresh?: Credential
}

/** What the servers and all devices know, after some answers. */
export interface State {
  /** Minutes since the beginning. */
  readonly now: number
  readonly accounts: Partial<Readonly<Record<UserName, Account>>>
  /** Tries with a wrong password at an account, existing or not. */
  readonly failures: Readonly<Record<UserName, number>>
  readonly logins: Readonly<Record<string, Login>>
  /** How often all logins of a user, or all others, have ended. */
  readonly generations: Readonly<Record<UserName, number>>
  /** The author of each post. */
  readonly posts: Readonly<Record<string, UserName>>
  readonly held: Readonly<Record<DeviceName, Held>>
  /** Of what a device carried last, the login; and the post that it wrote last. */
  readonly lastLogin: Partial<Readonly<Record<DeviceName, string>>>
  readonly lastPost: Partial<Readonly<Record<DeviceName, string>>>
}

export const beginning: State = {
  now: 0,
  accounts: {},
  failures: { ann: 0, bob: 0, cat: 0 },
  logins: {},
  generations: { ann: 0, bob: 0, cat: 0 },
  posts: {},
  held: Object.fromEntries(DEVICES.map((name) => [name, {}])) as Record<DeviceName, Held>,
  lastLogin: {},
  lastPost: {},
}

export function withAccount(state: State, user: UserName, account: Account): State {
  return { ...state, accounts: { ...state.accounts, [user]: account } }
}

export function withLogin(state: State, id: string, change: Partial<Login>): State {
  const login = { ...loginOf(state, id), ...change }
  return { ...state, logins: { ...state.logins, [id]: login } }
}

export function loginOf({ logins }: State, id: string): Login {
  const login = logins[id]
  if (!login) throw new Error(`no login ${id}`)
  return login
}

/** Ends every login of `user` that `isMeant`, and begins a generation of access tokens. */
export function endLogins(
  state: State,
  user: UserName,
  isMeant: (login: Login, id: string) => boolean = () => true,
): State {
  const generations = { ...state.generations, [user]: state.generations[user] + 1 }
  return Object.entries(state.logins)
    .filter(([id, login]) => login.user === user && isMeant(login, id))
    .reduce((rest, [id]) => withLogin(rest, id, { ended: true }), { ...state, generations })
}

export function whoHas({ accounts }: State, nickname: Nickname): UserName | undefined {
  const users = Object.keys(accounts) as UserName[]
  return users.find((user) => accounts[user]?.nickname === nickname)
}

/** Tells states apart: the order in which things were made does not count. */
export function keyOf(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
