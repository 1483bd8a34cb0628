import type { UserName } from './command.js'
import { beginLogin, endPresented, hasGenerations, type Rules } from './credential.js'
import {
  answer,
  goOn,
  type Handler,
  type Moment,
  privately,
  type Sent,
  type Turn,
} from './moment.js'
import {
  type Account,
  endLogins,
  type Held,
  type State,
  whoHas,
  withAccount,
  withLogin,
} from './state.js'

export const register: Handler<'register'> = (request, rules) => {
  const { as, nickname } = request.command
  return (state) => {
    const nicknameTaken = whoHas(state, nickname) ? answer(state, '409 nickname_taken') : []
    const emailTaken = state.accounts[as] ? answer(state, '409 email_taken') : []
    const refusals = [...nicknameTaken, ...emailTaken]
    if (refusals.length > 0) return refusals
    const added = withAccount(state, as, { nickname, password: 'first', version: 0 })
    const welcome = (later: State, held: Held): readonly Turn[] =>
      answer(later, `201 ${as} ${nickname}`, { held })
    return goOn(added, loggedIn(as, 0, request, rules, welcome))
  }
}

const NOBODY: Partial<Account> = {}

export const login: Handler<'login'> = (request, rules) => {
  const { as, password } = request.command
  return (state) => {
    const { version, nickname, password: present } = state.accounts[as] ?? NOBODY
    const right = present === password
    const begun = loggedIn(as, version ?? 0, request, rules, (later, held) =>
      later.accounts[as]?.version === version
        ? answer(later, `200 ${as} ${nickname}`, { held })
        : takenBack(later, request, rules),
    )
    const pass = (): readonly Turn[] => goOn(state, begun, `${version} ${nickname}`)
    return guess(state, as, request, rules, right ? pass : '401 invalid_credentials')
  }
}

/** The password was changed while this login was under way. */
function takenBack(state: State, { id }: Sent, { server }: Rules): readonly Turn[] {
  const ended = withLogin(state, id, { ended: true })
  return answer(ended, '401 invalid_credentials', server === 'session' ? { held: {} } : {})
}

export const changePassword: Handler<'change password'> = (request, rules) =>
  privately(request, rules, (state, { user, login: own }) => {
    const { from, to } = request.command
    const { version, password } = accountOf(state, user)
    const { devices } = rules.promises
    const endOthers = (it: State): State =>
      devices ? endLogins(it, user, (device, id) => id !== own && device.version <= version) : it
    const lost = (it: State): readonly Turn[] => answer(it, '409 password_changed')
    /** Only one device at a time, so that two don't end each other. */
    const announce: Moment = (later) => {
      const account = accountOf(later, user)
      const isTaken = account.changing?.version === version && account.changing.by !== own
      if (account.version !== version || isTaken) return lost(later)
      const changing = { by: own, version }
      return goOn(withAccount(later, user, { ...account, changing }), endFirst, `${version}`)
    }
    const endFirst: Moment = (later) => goOn(endOthers(later), set, `${version}`)
    const set: Moment = (later) => {
      const account = accountOf(later, user)
      if (account.version !== version) return lost(later)
      const changed = { ...account, password: to, version: version + 1, changing: undefined }
      return goOn(withAccount(later, user, changed), endAgain, account.nickname)
      function endAgain(last: State): readonly Turn[] {
        return answer(endOthers(last), `200 ${user} ${account.nickname}`)
      }
    }
    const pass = (): readonly Turn[] => goOn(state, devices ? announce : set, `${version}`)
    const right = password === from
    return guess(state, user, request, rules, right ? pass : '403 wrong_current_password')
  })

export const rename: Handler<'rename'> = (request, rules) =>
  privately(request, rules, (state, { user }) => {
    const nickname = request.command.to
    const owner = whoHas(state, nickname)
    if (owner && owner !== user) return answer(state, '409 nickname_taken')
    const renamed = withAccount(state, user, { ...accountOf(state, user), nickname })
    return answer(renamed, `200 ${user} ${nickname}`)
  })

export const profile: Handler<'profile'> = (request, rules) =>
  privately(request, rules, (state, { user }) =>
    answer(state, `200 ${user} ${accountOf(state, user).nickname}`),
  )

function accountOf({ accounts }: State, user: UserName) {
  const account = accounts[user]
  if (!account) throw new Error(`no account of ${user}`)
  return account
}

/** A session that the device came with ends, or the generation is read; then the new login begins. */
function loggedIn(
  user: UserName,
  version: number,
  { id, held }: Sent,
  rules: Rules,
  then: (state: State, held: Held) => readonly Turn[],
): Moment {
  const beginIn =
    (generation?: number): Moment =>
    (state) => {
      const begun = beginLogin(state, user, version, id, rules, generation)
      return goOn(begun.state, (later) => then(later, begun.held))
    }
  if (hasGenerations(rules)) {
    return (state) => {
      const generation = state.generations[user]
      return goOn(state, beginIn(generation), String(generation))
    }
  }
  const begin = beginIn()
  const { access } = held
  if (rules.server === 'jwt' || !access) return begin
  return (state) => goOn(endPresented(state, access, rules), begin)
}

/**
 * A try at a password. Beyond the limit nobody gets an answer to it; nor does who comes while tries
 * that might fail are under way.
 */
function guess(
  state: State,
  user: UserName,
  { crowd }: Sent,
  { failures }: Rules,
  outcome: string | (() => readonly Turn[]),
): readonly Turn[] {
  const left = failures - state.failures[user]
  const wait = answer(state, '429 too_many_attempts')
  if (left <= 0) return wait
  const counted = { ...state.failures, [user]: state.failures[user] + 1 }
  const looked =
    typeof outcome === 'string' ? answer({ ...state, failures: counted }, outcome) : outcome()
  return left <= crowd ? [...looked, ...wait] : looked
}
