import { randomUUID } from 'node:crypto'
import { paths } from '@session-vs-jwt/http-contract'
import type { Registration } from '../client/contract-client.js'
import { newAccount } from '../client/new-account.js'
import type { Strategy } from '../strategy.js'
import type { EndpointId } from './expected-lookups.js'
import { type Answer, LoadDevice, type Target } from './load-device.js'

/** Somebody of the load, with two devices. What one step leaves, a later one uses up. */
export class Account {
  readonly target: Target
  readonly first: LoadDevice
  registration: Registration = newAccount()
  second: LoadDevice
  /** Holds what the second device has given back for a new one. */
  spent: LoadDevice
  secondId: string = randomUUID()
  postId = ''

  constructor(target: Target) {
    this.target = target
    this.first = new LoadDevice(target)
    this.second = new LoadDevice(target)
    this.spent = this.second
  }

  stranger(): LoadDevice {
    return new LoadDevice(this.target)
  }

  /** Nobody's: an email that was never registered. */
  get unknown(): Omit<Registration, 'nickname'> {
    return { email: `nobody-${this.registration.email}`, password: 'the password of nobody' }
  }

  /** The second device, where there is none any more. */
  async loginSecond(): Promise<void> {
    this.second = this.stranger()
    const { status, body } = await this.second.login(this.registration)
    if (status !== 200) throw new Error(`no second device: ${status} ${body}`)
  }
}

/** One kind of request, sent once by each account. */
export interface Step {
  readonly endpoint: EndpointId
  /** What must be so before; it is not counted. */
  readonly prepare?: (account: Account) => Promise<unknown>
  readonly send: (account: Account) => Promise<Answer>
  /** How every one of them is answered. */
  readonly status: number | ((strategy: Strategy) => number)
}

/** How many failed logins of an account the server lets pass: the second one is refused. */
export const LOGIN_FAILURES = 1

/** Strategies that keep nothing of a login say 501 to who wants to see or end one. */
const onDevices =
  (status: number) =>
  ({ promises }: Strategy): number =>
    promises.devices ? status : 501

const beginning: readonly Step[] = [
  {
    endpoint: 'register',
    send: ({ first, registration }) => first.register(registration),
    status: 201,
  },
  { endpoint: 'login', send: ({ second, registration: it }) => second.login(it), status: 200 },
]

const using: readonly Step[] = [
  { endpoint: 'whoami', send: ({ first }) => first.send('GET', paths.whoami), status: 200 },
  { endpoint: 'whoamiWithout', send: (it) => it.stranger().send('GET', paths.whoami), status: 401 },
  { endpoint: 'whoamiForged', send: ({ first }) => first.whoamiForged(), status: 401 },
  { endpoint: 'showMe', send: ({ first }) => first.send('GET', paths.me), status: 200 },
  {
    endpoint: 'updateMe',
    send: ({ first }) => first.send('PATCH', paths.me, { nickname: newAccount().nickname }),
    status: 200,
  },
  { endpoint: 'listUsers', send: ({ first }) => first.send('GET', paths.users), status: 200 },
  {
    endpoint: 'createPost',
    send: async (account) => {
      const post = { title: 'A post', body: 'of the load' }
      const answer = await account.first.send('POST', paths.posts, post)
      account.postId = JSON.parse(answer.body).post?.id
      return answer
    },
    status: 201,
  },
  { endpoint: 'listPosts', send: ({ first }) => first.send('GET', paths.posts), status: 200 },
  { endpoint: 'showPost', send: (it) => it.first.send('GET', pathOfPost(it)), status: 200 },
  { endpoint: 'deletePost', send: (it) => it.first.send('DELETE', pathOfPost(it)), status: 204 },
]

const renewing: readonly Step[] = [
  {
    endpoint: 'renewAccess',
    send: ({ first }) => first.send('POST', paths.renewAccess, undefined, 'refresh'),
    status: 200,
  },
  {
    endpoint: 'rotateRefresh',
    send: async (account) => {
      account.spent = account.second.copy()
      return rotate(account.second)
    },
    status: 200,
  },
  {
    endpoint: 'spentCredential',
    send: ({ spent }) => rotate(spent),
    status: ({ promises }) => (promises.spentCredential === 'refused' ? 401 : 200),
  },
  { endpoint: 'loginAgain', send: ({ second, registration: it }) => second.login(it), status: 200 },
]

const ending: readonly Step[] = [
  {
    endpoint: 'listDevices',
    send: async (account) => {
      const answer = await account.first.send('GET', paths.devices)
      const devices: { id: string; current: boolean }[] = JSON.parse(answer.body).devices ?? []
      account.secondId = devices.find(({ current }) => !current)?.id ?? account.secondId
      return answer
    },
    status: onDevices(200),
  },
  {
    endpoint: 'endDevice',
    send: ({ first, secondId }) => first.send('DELETE', `${paths.devices}/${secondId}`),
    status: onDevices(204),
  },
  {
    endpoint: 'changePassword',
    prepare: (it) => it.loginSecond(),
    send: async (account) => {
      const { password: currentPassword } = account.registration
      const { password } = newAccount()
      account.registration = { ...account.registration, password }
      return account.first.send('PATCH', paths.me, { password, currentPassword })
    },
    status: 200,
  },
  {
    endpoint: 'logout',
    prepare: (it) => it.loginSecond(),
    send: ({ second }) => second.send('POST', paths.logout),
    status: 204,
  },
  {
    endpoint: 'logoutAll',
    prepare: async (it) => {
      // The new password may have ended the access token that set it.
      await it.first.send('POST', paths.renewAccess, undefined, 'refresh')
      await it.loginSecond()
    },
    send: ({ first }) => first.send('POST', paths.logoutAll),
    status: onDevices(204),
  },
  {
    endpoint: 'deleteMe',
    prepare: (it) => it.loginSecond(),
    send: ({ second, registration: { password: currentPassword } }) =>
      second.send('DELETE', paths.me, { currentPassword }),
    status: 204,
  },
]

/** After these an account is closed for a while. */
const guessing: readonly Step[] = [
  {
    endpoint: 'loginWrongPassword',
    // Its names are free again.
    prepare: ({ first, registration }) => first.register(registration),
    send: (it) => it.stranger().login({ ...it.registration, password: 'a wrong password' }),
    status: 401,
  },
  { endpoint: 'loginUnknownEmail', send: (it) => it.stranger().login(it.unknown), status: 401 },
  { endpoint: 'loginTooOften', send: (it) => it.stranger().login(it.unknown), status: 429 },
]

/** Asked by nobody in particular. */
const asking: readonly Step[] = [
  { endpoint: 'live', send: ({ target }) => get(target, paths.live), status: 200 },
  { endpoint: 'ready', send: ({ target }) => get(target, paths.ready), status: 200 },
  {
    endpoint: 'jwks',
    send: ({ target }) => get(target, paths.jwks),
    // A session server signs nothing for others.
    status: ({ server }) => (server === 'jwt' ? 200 : 404),
  },
  { endpoint: 'openapi', send: ({ target }) => get(target, paths.openapi), status: 200 },
]

/** An account's life in steps; some use up what an earlier one has left. */
export const steps: readonly Step[] = [
  ...beginning,
  ...using,
  ...renewing,
  ...ending,
  ...guessing,
  ...asking,
]

/** How `step` must be answered under `strategy`. */
export function statusOf({ status }: Step, strategy: Strategy): number {
  return typeof status === 'number' ? status : status(strategy)
}

function pathOfPost({ postId }: Account): string {
  return `${paths.posts}/${postId}`
}

async function rotate(device: LoadDevice): Promise<Answer> {
  return device.send('POST', paths.rotateRefresh, undefined, 'refresh')
}

async function get(target: Target, path: string): Promise<Answer> {
  return target.send({ method: 'GET', path })
}
