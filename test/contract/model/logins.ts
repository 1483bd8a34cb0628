import {
  deadlineOf,
  hasGenerations,
  endPresented,
  type Given,
  refusalToRenew,
  renew as renewHeld,
  rotate as rotateHeld,
  type Rules,
} from './credential.js'
import {
  answer,
  goOn,
  type Handler,
  type Moment,
  privately,
  type Sent,
  type Turn,
} from './moment.js'
import { type Credential, endLogins, type Held, type State, withLogin } from './state.js'

export const whoami: Handler<'whoami'> = (request, rules) =>
  privately(request, rules, (state, visitor) =>
    answer(state, `200 ${visitor.user} until ${deadlineOf(state, visitor, rules)}`),
  )

/** An access token gets the generation that was there before the refresh token was looked at. */
export const renew: Handler<'renew'> = (request, rules) => {
  const { refresh } = request.held
  if (!refresh || !hasGenerations(rules)) return renewing(request, rules, renewHeld)
  return (state) => {
    const generation = state.generations[refresh.user]
    const change: Change = (later, held, token, its) =>
      renewHeld(later, held, token, its, generation)
    return goOn(state, renewing(request, rules, change), String(generation))
  }
}

export const rotate: Handler<'rotate'> = (request, rules) => renewing(request, rules, rotateHeld)

type Change = (state: State, held: Held, refresh: Credential, rules: Rules) => Given

function renewing({ held }: Sent, rules: Rules, change: Change): Moment {
  return (state) => {
    const { refresh } = held
    const { state: looked, refusal } = refusalToRenew(state, held, rules)
    if (!refresh || refusal) return answer(looked, `401 ${refusal}`)
    const given = change(looked, held, refresh, rules)
    const deadline = deadlineOf(given.state, given.held?.refresh ?? refresh, rules)
    const text = rules.server === 'session' ? `200 until ${deadline}` : '200'
    return answer(given.state, text, given.held && { held: given.held })
  }
}

export const logout: Handler<'logout'> = (request, rules) => leaving(request.held.access, rules)

/** As RFC 7009 has it; for a cookie it is the same as any logout. */
export const logoutByRefresh: Handler<'logout by refresh'> = (request, rules) =>
  leaving(request.held.refresh, rules)

function leaving(credential: Credential | undefined, rules: Rules): Moment {
  return (state) => {
    if (!credential) return answer(state, '401 missing_credential')
    if (rules.server === 'session')
      return answer(endPresented(state, credential, rules), '204', { held: {} })
    if (credential.until <= state.now) return answer(state, '401 expired_credential')
    return answer(endPresented(state, credential, rules), '204')
  }
}

export const logoutAll: Handler<'logout all'> = (request, rules) =>
  withDevices(request, rules, (state, { user }) =>
    answer(endLogins(state, user), '204', rules.server === 'session' ? { held: {} } : {}),
  )

export const devices: Handler<'devices'> = (request, rules) =>
  withDevices(request, rules, (state, { user, login }) => {
    const live = Object.entries(state.logins).filter(
      ([, it]) => it.user === user && !it.ended && it.until > state.now,
    )
    const current = live.filter(([id]) => id === login).length
    return answer(state, `200 ${live.length} devices, ${current} current`)
  })

export const end: Handler<'end'> = (request, rules) =>
  withDevices(request, rules, (state, { user }) => {
    const { target } = request
    const login = target === undefined ? undefined : state.logins[target]
    const none = answer(state, '404 not_found')
    if (target === undefined || login?.user !== user || login.ended) return none
    const ended = answer(withLogin(state, target, { ended: true }), '204')
    // What has expired may be forgotten, and need not be.
    return login.until <= state.now ? [...ended, ...none] : ended
  })

function withDevices(
  request: Sent,
  rules: Rules,
  effect: (state: State, visitor: Credential) => readonly Turn[],
): Moment {
  return privately(request, rules, (state, visitor) =>
    rules.promises.devices ? effect(state, visitor) : answer(state, '501 not_supported'),
  )
}
