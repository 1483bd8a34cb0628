import { paths } from '@session-vs-jwt/http-contract/paths'
import type { Account } from './account.js'
import type { Chapter } from './chapters.js'
import type { Lane } from './lane.js'

/** What a request carries to say who sends it. */
export type CredentialUse = 'none' | 'basic' | 'access' | 'refresh'

/** A request of the contract that a button sends, to one lane or both. */
export interface Action {
  readonly id: string
  readonly label: string
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly path: string
  readonly use: CredentialUse
  /** Which chapter explains it. */
  readonly chapter: Chapter
  /** Sent as JSON. */
  readonly body?: (account: Account) => object
}

const number = (): number => Math.floor(Math.random() * 9_000) + 1_000

/** The row of buttons, in the order in which a login lives. */
export const actions: readonly Action[] = [
  {
    id: 'register',
    label: 'Register',
    method: 'POST',
    path: paths.register,
    use: 'none',
    chapter: '12-register-and-login',
    body: ({ nickname, email, password }) => ({ nickname, email, password }),
  },
  {
    id: 'login',
    label: 'Log in',
    method: 'POST',
    path: paths.login,
    use: 'basic',
    chapter: '12-register-and-login',
  },
  {
    id: 'whoami',
    label: 'Who am I',
    method: 'GET',
    path: paths.whoami,
    use: 'access',
    chapter: '06-compared',
  },
  {
    id: 'profile',
    label: 'Profile',
    method: 'GET',
    path: paths.me,
    use: 'access',
    chapter: '06-compared',
  },
  {
    id: 'nickname',
    label: 'Edit nickname',
    method: 'PATCH',
    path: paths.me,
    use: 'access',
    chapter: '14-endpoints',
    body: ({ nickname }) => ({ nickname: `${nickname.slice(0, 27)} ${number()}` }),
  },
  {
    id: 'post',
    label: 'New post',
    method: 'POST',
    path: paths.posts,
    use: 'access',
    chapter: '14-endpoints',
    body: () => ({ title: `Post ${number()}`, body: 'Nobody else can read this.' }),
  },
  {
    id: 'renew',
    label: 'Renew access',
    method: 'POST',
    path: paths.renewAccess,
    use: 'refresh',
    chapter: '07-access-and-refresh',
  },
  {
    id: 'rotate',
    label: 'Rotate refresh',
    method: 'POST',
    path: paths.rotateRefresh,
    use: 'refresh',
    chapter: '17-refresh-reuse',
  },
  {
    id: 'devices',
    label: 'List devices',
    method: 'GET',
    path: paths.devices,
    use: 'access',
    chapter: '16-logout-and-revocation',
  },
  {
    id: 'logout',
    label: 'Log out',
    method: 'POST',
    path: paths.logout,
    use: 'access',
    chapter: '16-logout-and-revocation',
  },
  {
    id: 'logout-all',
    label: 'Log out everywhere',
    method: 'POST',
    path: paths.logoutAll,
    use: 'access',
    chapter: '16-logout-and-revocation',
  },
]

/** @throws {TypeError} for an id that is none */
export function actionById(id: string): Action {
  const found = actions.find((it) => it.id === id)
  if (!found) throw new TypeError(`There is no action "${id}".`)
  return found
}

/** The users are shared by both servers: each lane registers one of its own (RFC 5233, subaddress). */
export function accountFor({ server }: Lane, account: Account): Account {
  const { nickname, email, password } = account
  const [local = '', domain = ''] = email.split('@')
  return { nickname: `${nickname} ${server}`, email: `${local}+${server}@${domain}`, password }
}

/** The `Authorization` header of a request. A cookie is added by the browser, and by nobody else. */
export function authorization(
  use: CredentialUse,
  lane: Lane,
  account: Account,
): string | undefined {
  if (use === 'basic') return `Basic ${base64(`${account.email}:${account.password}`)}`
  if (lane.server === 'session' || use === 'none') return undefined
  const token = use === 'refresh' ? lane.tokens.refreshToken : lane.tokens.accessToken
  return token === undefined ? undefined : `Bearer ${token}`
}

/** Of the UTF-8 bytes (RFC 7617, section 2.1); `btoa` alone takes Latin-1. */
function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}
