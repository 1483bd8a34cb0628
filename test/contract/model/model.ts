import { changePassword, login, profile, register, rename } from './accounts.js'
import type { Command, DeviceName, UserName } from './command.js'
import type { Rules } from './credential.js'
import {
  devices,
  end,
  logout,
  logoutAll,
  logoutByRefresh,
  renew,
  rotate,
  whoami,
} from './logins.js'
import type { Answer, Answered, Handler, Moment, Request } from './moment.js'
import { read, remove, write } from './posts.js'
import { keyOf, type State } from './state.js'

const handlers: { readonly [Do in Command['do']]: Handler<Do> } = {
  register,
  login,
  whoami,
  profile,
  renew,
  rotate,
  devices,
  logout,
  'logout by refresh': logoutByRefresh,
  'logout all': logoutAll,
  end,
  'change password': changePassword,
  rename,
  write,
  read,
  delete: remove,
}

/** A way in which requests that were sent at once can be answered, and what is so afterwards. */
export interface Way {
  readonly state: State
  readonly answers: readonly Answer[]
}

/**
 * Every way in which `commands` can be answered that are sent at once: their moments come in any order.
 * Those with other answers than `got` are left out.
 *
 * @param step names what the commands make
 */
export function waysOf(
  state: State,
  commands: readonly Command[],
  rules: Rules,
  step: string,
  got?: readonly Answer[],
): Way[] {
  const requests = commands.map((command, index) =>
    requestOf(state, command, `${step}.${index}`, crowdOf(state, commands, index)),
  )
  const begun = requests.map((request) => ({ at: momentOf(request, rules), key: '' }))
  const ways = new Map<string, Way>()
  explore(state, begun, got, new Set(), (last, answered) => {
    const way = {
      state: settled(last, commands, answered),
      answers: answered.map((it) => it.answer),
    }
    ways.set(keyOf(way), way)
  })
  return [...ways.values()]
}

function momentOf(request: Request<Command['do']>, rules: Rules): Moment {
  const handler = handlers[request.command.do] as Handler<Command['do']>
  return handler(request, rules)
}

function requestOf(
  state: State,
  command: Command,
  id: string,
  crowd: number,
): Request<Command['do']> {
  const target =
    'device' in command
      ? state.lastLogin[command.device]
      : 'postOf' in command
        ? state.lastPost[command.postOf]
        : undefined
  return { command, id, held: state.held[command.by], target, crowd }
}

function crowdOf(state: State, commands: readonly Command[], index: number): number {
  const accounts = commands.map((command) => accountTried(state, command))
  const own = accounts[index]
  return own === undefined ? 0 : accounts.filter((it) => it === own).length - 1
}

function accountTried({ held }: State, command: Command): UserName | undefined {
  if (command.do === 'login') return command.as
  return command.do === 'change password' ? held[command.by].access?.user : undefined
}

/** How far a request is; `key` tells one such point from another. */
interface Progress {
  readonly at: Moment | Answered
  readonly key: string
}

function explore(
  state: State,
  requests: readonly Progress[],
  got: readonly Answer[] | undefined,
  visited: Set<string>,
  found: (state: State, answered: readonly Answered[]) => void,
): void {
  if (requests.length > 1) {
    const here = keyOf([state, requests.map(({ key }) => key)])
    if (visited.has(here)) return
    visited.add(here)
  }
  const done = requests.flatMap(({ at }) => (typeof at === 'function' ? [] : [at]))
  if (done.length === requests.length) found(state, done)
  requests.forEach(({ at, key }, index) => {
    for (const turn of typeof at === 'function' ? at(state) : []) {
      if ('answer' in turn && got && got[index] !== turn.answer) continue
      const next =
        'answer' in turn
          ? { at: turn, key: keyOf([turn.answer, turn.taken]) }
          : { at: turn.next, key: `${key}.${turn.seen}` }
      explore(turn.state, requests.with(index, next), got, visited, found)
    }
  })
}

/** The devices take what their answers gave them, in the order of the commands. */
function settled(state: State, commands: readonly Command[], answered: readonly Answered[]): State {
  const held: Record<DeviceName, State['held'][DeviceName]> = { ...state.held }
  const lastLogin = { ...state.lastLogin }
  const lastPost = { ...state.lastPost }
  commands.forEach(({ by }, index) => {
    const { taken } = answered[index] as Answered
    if (taken.held) held[by] = taken.held
    if (taken.held?.refresh) lastLogin[by] = taken.held.refresh.login
    if (taken.post) lastPost[by] = taken.post
  })
  return { ...state, held, lastLogin, lastPost }
}
