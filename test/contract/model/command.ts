/** Who has an account, or may register one. */
export const USERS = ['ann', 'bob', 'cat'] as const
export type UserName = (typeof USERS)[number]

/** They begin with a copy of what another device carries. */
export const THIEVES = ['thief/1', 'thief/2'] as const

/** Browsers and apps. */
export const DEVICES = ['ann/1', 'ann/2', 'ann/3', 'bob/1', 'bob/2', 'cat/1', ...THIEVES] as const
export type DeviceName = (typeof DEVICES)[number]

/** One for each user, and one that is free. */
export const NICKNAMES = [...USERS, 'zoe'] as const
export type Nickname = (typeof NICKNAMES)[number]

/** A user registers with the first one. */
export const PASSWORDS = ['first', 'second', 'wrong'] as const
export type Password = (typeof PASSWORDS)[number]

interface Sending {
  readonly by: DeviceName
  /** Milliseconds by which it leaves later than the others that are sent at once. */
  readonly lag?: number
}

/** A request of the contract, and who sends it. */
export type Command = Sending &
  (
    | { readonly do: 'register'; readonly as: UserName; readonly nickname: Nickname }
    | { readonly do: 'login'; readonly as: UserName; readonly password: Password }
    | { readonly do: 'whoami' | 'profile' | 'renew' | 'rotate' | 'devices' | 'write' }
    | { readonly do: 'logout' | 'logout by refresh' | 'logout all' }
    | { readonly do: 'end'; readonly device: DeviceName }
    | { readonly do: 'change password'; readonly from: Password; readonly to: Password }
    | { readonly do: 'rename'; readonly to: Nickname }
    | { readonly do: 'read' | 'delete'; readonly postOf: DeviceName }
  )

export type CommandOf<Do extends Command['do']> = Command & { readonly do: Do }

/** `ann/1 login ann first`: what a counterexample shows. */
export function commandText({ by, do: verb, lag = 0, ...rest }: Command): string {
  return [by, verb, ...Object.values(rest), ...(lag > 0 ? [`+${lag} ms`] : [])].join(' ')
}
