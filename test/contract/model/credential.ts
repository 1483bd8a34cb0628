import type { Strategy } from '@session-vs-jwt/workbench'
import type { UserName } from './command.js'
import { type Credential, type Held, loginOf, type State, withLogin } from './state.js'

/** What decides how a server answers: which of the two it is, and what its strategy promises. */
export interface Rules extends Pick<Strategy, 'server' | 'promises'> {
  /** Wrong passwords that an account bears before everybody has to wait. */
  readonly failures: number
}

/** Minutes; the defaults of the contract. */
const ACCESS = 5
const REFRESH = 60
const IDLE = 30
const ABSOLUTE = 8 * 60
/** Its use renews a session, at most once in a quarter of the idle time. */
const RENEWED_AFTER = IDLE / 4

export type Refusal = `${'missing' | 'invalid' | 'expired' | 'reused'}_credential`

export interface Given {
  readonly state: State
  /** What the device carries from now on, where that changes. */
  readonly held?: Held
}

/** A new login of `user`, called `id`, and its first credentials. */
export function beginLogin(
  state: State,
  user: UserName,
  version: number,
  id: string,
  { server }: Rules,
  generation?: number,
): Required<Given> {
  const { now } = state
  const until = now + (server === 'session' ? IDLE : REFRESH)
  const refresh = { user, login: id, serial: 0, until }
  const access =
    server === 'session' ? refresh : { ...issuedIn(refresh, generation), until: now + ACCESS }
  const login = { user, begun: now, until, serial: 0, ended: false, version }
  const logins = { ...state.logins, [id]: login }
  return { state: { ...state, logins }, held: { access, refresh } }
}

/** Whether the server ends all access tokens of a user at once, and not those of a single login. */
export function hasGenerations({ promises }: Rules): boolean {
  return promises.afterLogoutAll === 'dead-at-once' && promises.afterLogout !== 'dead-at-once'
}

function issuedIn(credential: Credential, generation: number | undefined): Credential {
  return generation === undefined ? credential : { ...credential, generation }
}

/** When a credential ends: a token or a signed cookie says so itself, else the server knows. */
export function deadlineOf(state: State, credential: Credential, rules: Rules): number {
  const kept = rules.server === 'session' && rules.promises.devices
  return kept ? loginOf(state, credential.login).until : credential.until
}

/** Why a credential opens no private route; `undefined` if it does. */
export function refusalOf(
  state: State,
  credential: Credential | undefined,
  rules: Rules,
): Refusal | undefined {
  if (!credential) return 'missing_credential'
  const { server, promises } = rules
  const { ended, serial } = loginOf(state, credential.login)
  // An access token does not know of rotation: what is spent there is the refresh token.
  const spent = server === 'session' && promises.spentCredential === 'refused'
  const { user, generation = 0 } = credential
  const gone =
    (ended && promises.afterLogout === 'dead-at-once') ||
    (spent && serial !== credential.serial) ||
    (hasGenerations(rules) && generation < state.generations[user])
  const expired = deadlineOf(state, credential, rules) <= state.now
  // A token is read before anything is looked up; a session that is gone has no deadline.
  if (expired && (server === 'jwt' || !gone)) return 'expired_credential'
  return gone ? 'invalid_credential' : undefined
}

/** A request has come with this session: where its renewal is due, its idle time begins anew. */
export function renewIfDue(state: State, credential: Credential, rules: Rules): Given {
  const left = deadlineOf(state, credential, rules) - state.now
  const due = rules.server === 'session' && left <= IDLE - RENEWED_AFTER
  return due ? extend(state, credential, rules) : { state }
}

function extend(state: State, credential: Credential, { promises }: Rules): Given {
  const { begun } = loginOf(state, credential.login)
  const until = Math.min(state.now + IDLE, begun + ABSOLUTE)
  if (promises.devices) return { state: withLogin(state, credential.login, { until }) }
  const cookie = { ...credential, until }
  return { state, held: { access: cookie, refresh: cookie } }
}

/**
 * Why a credential renews nothing. A refresh token that was spent before ends its login: one of the
 * two who used it has stolen it.
 */
export function refusalToRenew(
  state: State,
  { refresh }: Held,
  rules: Rules,
): { state: State; refusal: Refusal | undefined } {
  const { server, promises } = rules
  if (server === 'session') return { state, refusal: refusalOf(state, refresh, rules) }
  if (!refresh) return { state, refusal: 'missing_credential' }
  if (refresh.until <= state.now) return { state, refusal: 'expired_credential' }
  const { ended, serial } = loginOf(state, refresh.login)
  if (ended && promises.devices) return { state, refusal: 'invalid_credential' }
  if (promises.spentCredential === 'still-works' || serial === refresh.serial) {
    return { state, refusal: undefined }
  }
  return { state: withLogin(state, refresh.login, { ended: true }), refusal: 'reused_credential' }
}

/**
 * A new access token, for a refresh token that is spent by it unless nothing is ever spent; a session's idle time begins
 * anew.
 */
export function renew(
  state: State,
  held: Held,
  refresh: Credential,
  rules: Rules,
  generation?: number,
): Given {
  if (rules.server === 'session') return extend(state, refresh, rules)
  const spends = rules.promises.spentCredential === 'refused'
  const given = spends ? rotate(state, held, refresh, rules) : { state, held }
  const next = given.held?.refresh ?? refresh
  const until = Math.min(state.now + ACCESS, next.until)
  const access = { ...issuedIn(next, generation), until }
  return { state: given.state, held: { ...given.held, access } }
}

/** A new refresh token, or session id, which spends the one before. */
export function rotate(state: State, held: Held, refresh: Credential, rules: Rules): Given {
  const { server, promises } = rules
  const { begun } = loginOf(state, refresh.login)
  const life = state.now + (server === 'session' ? IDLE : REFRESH)
  // Nothing remembers when a chain of tokens without state began.
  const until = server === 'jwt' && !promises.devices ? life : Math.min(life, begun + ABSOLUTE)
  const serial = promises.spentCredential === 'refused' ? refresh.serial + 1 : refresh.serial
  const next = { ...refresh, until, serial }
  return {
    state: withLogin(state, refresh.login, { until, serial }),
    held: server === 'session' ? { access: next, refresh: next } : { ...held, refresh: next },
  }
}

/** Ends the login of a credential that somebody presents, be it one that was spent. */
export function endPresented(state: State, { login }: Credential, { promises }: Rules): State {
  return promises.devices ? withLogin(state, login, { ended: true }) : state
}
