import { type Command, DEVICES, type DeviceName, THIEVES, USERS, type UserName } from './command.js'
import { refusalOf, refusalToRenew, type Rules } from './credential.js'
import type { State } from './state.js'
import type { Step } from './step.js'

/*
 * Chance alone would mostly send what is refused for a plain reason: no credential, an old one, a post
 * that nobody wrote.
 */

/** What a device does first, so that `command` can be answered; `undefined` if it can. */
export function preparation(command: Command, state: State, rules: Rules): Step | undefined {
  const { by, do: verb } = command
  const held = state.held[by]
  if (verb === 'login' || verb === 'register') return undefined
  if (THIEVES.some((thief) => thief === by)) {
    // What a thief tries with a dead credential is what the servers are there for.
    return held.access ? undefined : { copyOf: 'ann/1', to: by }
  }
  const noRenewal = refusalToRenew(state, held, rules).refusal
  const renewing = verb === 'renew' || verb === 'rotate'
  if (!(renewing ? noRenewal : refusalOf(state, held.access, rules))) return undefined
  return { send: [noRenewal ? entrance(by, ownerOf(by), state) : { by, do: 'renew' }] }
}

function ownerOf(device: DeviceName): UserName {
  return USERS.find((user) => device.startsWith(user)) ?? 'ann'
}

function entrance(by: DeviceName, as: UserName, { accounts }: State): Command {
  const account = accounts[as]
  if (!account) return { by, do: 'register', as, nickname: as }
  return { by, do: 'login', as, password: account.password }
}

/** The same command, naming what is there: the right password, a post, a device of the user. */
export function aimed(command: Command, state: State): Command {
  const { by, lag = 0 } = command
  const user = state.held[by].access?.user
  switch (command.do) {
    case 'register':
    case 'login':
      return { ...entrance(by, command.as, state), lag }
    case 'change password': {
      const from = (user && state.accounts[user]?.password) ?? command.from
      return { ...command, from, to: from === 'first' ? 'second' : 'first' }
    }
    case 'read':
    case 'delete': {
      const postOf = nearest(command.postOf, (it) => state.lastPost[it] !== undefined)
      return postOf ? { ...command, postOf } : { by, lag, do: 'write' }
    }
    case 'end': {
      // Somebody else's is as good: it must not be ended.
      const device = isLive(state, command.device)
        ? command.device
        : nearest(command.device, (it) => isLive(state, it))
      return { ...command, device: device ?? command.device }
    }
    case 'whoami':
    case 'profile':
    case 'renew':
    case 'rotate':
    case 'logout':
    case 'logout by refresh':
    case 'logout all':
    case 'devices':
    case 'rename':
    case 'write':
      return command
  }
}

function nearest(
  wanted: DeviceName,
  suits: (device: DeviceName) => boolean,
): DeviceName | undefined {
  const suitable = DEVICES.filter(suits)
  return suitable[DEVICES.indexOf(wanted) % suitable.length]
}

function isLive(state: State, device: DeviceName): boolean {
  const login = state.logins[state.lastLogin[device] ?? '']
  return login !== undefined && !login.ended
}
