import { paths, type ProblemCode, type ServerKind } from '@session-vs-jwt/http-contract'
import type { ContractClient, Exchange, Registration } from '@session-vs-jwt/workbench'
import { newAccount } from '../device.js'

/** Somebody who is logged in. */
export interface Visitor {
  readonly client: ContractClient
  readonly account: Registration
  /** Lets seconds pass at the server. */
  readonly wait: (seconds: number) => void
}

/** A request that is refused, and the code of the refusal. */
export interface RefusedRequest {
  readonly code: ProblemCode
  readonly what: string
  readonly send: (visitor: Visitor) => Promise<Exchange>
  /** Where only one of the servers refuses it. */
  readonly only?: ServerKind
}

/** Seconds for which the server refuses a spent refresh token quietly. */
export const GRACE_SECONDS = 10

const JSON_TYPE = { 'content-type': 'application/json' }
const NOBODY = '00000000-0000-4000-8000-000000000000'
const DAY = 24 * 60 * 60

const post =
  (body: string, headers: Record<string, string> = JSON_TYPE) =>
  async ({ client }: Visitor): Promise<Exchange> =>
    client.send({ method: 'POST', path: paths.posts, body, headers })

const get =
  (path: string, headers: Record<string, string> = {}) =>
  async ({ client }: Visitor): Promise<Exchange> =>
    client.send({ method: 'GET', path, headers })

const registerAs =
  (same: 'nickname' | 'email') =>
  async ({ client, account }: Visitor): Promise<Exchange> =>
    client.without().register({ ...newAccount(), [same]: account[same] })

/** One or more for each code that a request of one client can meet. */
export const refusedRequests: readonly RefusedRequest[] = [
  { code: 'malformed_json', what: 'half of an object', send: post('{"title":') },
  { code: 'validation_failed', what: 'a post without text', send: post('{"title":"T"}') },
  { code: 'validation_failed', what: 'a page of none', send: get(`${paths.users}?limit=0`) },
  { code: 'payload_too_large', what: '17 KiB', send: post(JSON.stringify('a'.repeat(17 * 1024))) },
  { code: 'unsupported_media_type', what: 'a form', send: post('title=T', {}) },
  {
    code: 'password_refused',
    what: 'a short password',
    send: ({ client }) => client.without().register({ ...newAccount(), password: 'short' }),
  },
  { code: 'nickname_taken', what: 'a known nickname', send: registerAs('nickname') },
  { code: 'email_taken', what: 'a known email', send: registerAs('email') },
  {
    code: 'missing_credential',
    what: 'a private route without one',
    send: ({ client }) => client.without().whoami(),
  },
  {
    code: 'missing_credential',
    what: 'a login without one',
    send: ({ client }) => client.without().send({ method: 'POST', path: paths.login }),
  },
  {
    code: 'invalid_credential',
    what: 'nonsense at a private route',
    send: get(paths.me, { authorization: 'Bearer nonsense', cookie: 'sid=nonsense' }),
  },
  {
    code: 'invalid_credential',
    what: 'nonsense at the login',
    send: ({ client }) =>
      client.send({ method: 'POST', path: paths.login, headers: { authorization: 'Basic *' } }),
  },
  {
    code: 'invalid_credential',
    what: 'nonsense at the logout',
    send: ({ client }) =>
      client.send({
        method: 'POST',
        path: paths.logout,
        headers: { authorization: 'Bearer nonsense', cookie: 'sid=nonsense' },
      }),
  },
  {
    code: 'expired_credential',
    what: 'a login of yesterday',
    // A session is remembered for a minute after its end.
    send: ({ client, wait }) => {
      wait(client.server === 'session' ? 30 * 60 + 1 : DAY)
      return client.whoami()
    },
  },
  {
    code: 'reused_credential',
    what: 'a spent refresh token',
    only: 'jwt',
    send: async ({ client, wait }) => {
      const spent = client.copy()
      await client.rotateRefresh()
      wait(GRACE_SECONDS + 1)
      return spent.rotateRefresh()
    },
  },
  {
    code: 'replaced_credential',
    what: 'a refresh token that was spent a moment ago, which the server forgives',
    only: 'jwt',
    send: async ({ client }) => {
      const spent = client.copy()
      await client.renewAccess()
      return spent.renewAccess()
    },
  },
  {
    code: 'invalid_credentials',
    what: 'a wrong password',
    send: ({ client, account }) => client.without().login({ ...account, password: 'a wrong one' }),
  },
  {
    code: 'too_many_attempts',
    what: 'wrong passwords, one after the other',
    send: async ({ client, account }) => {
      const guess = { ...account, password: 'a wrong one' }
      let answer = await client.without().login(guess)
      while (answer.status === 401) answer = await client.without().login(guess)
      return answer
    },
  },
  {
    code: 'wrong_current_password',
    what: 'a wrong current password',
    send: ({ client }) =>
      client.send({
        method: 'PATCH',
        path: paths.me,
        json: { password: 'a fine new one', currentPassword: 'a wrong one' },
      }),
  },
  {
    code: 'wrong_current_password',
    what: 'a deletion with a wrong password',
    send: ({ client }) => {
      const json = { currentPassword: 'a wrong one' }
      return client.send({ method: 'DELETE', path: paths.me, json })
    },
  },
  {
    code: 'forbidden_origin',
    what: 'a foreign page',
    only: 'session',
    send: ({ client }) =>
      client.send({
        method: 'POST',
        path: paths.renewAccess,
        headers: { origin: 'https://elsewhere.example' },
      }),
  },
  { code: 'not_found', what: 'no such post', send: get(`${paths.posts}/${NOBODY}`) },
  { code: 'not_found', what: 'a post whose id is none', send: get(`${paths.posts}/1?a=b`) },
  { code: 'not_found', what: 'no such path', send: get('/nowhere') },
  {
    code: 'not_found',
    what: 'no such device',
    send: ({ client }) => client.send({ method: 'DELETE', path: `${paths.devices}/${NOBODY}` }),
  },
  {
    code: 'method_not_allowed',
    what: 'a method that the path has not',
    send: ({ client }) => client.send({ method: 'PUT', path: paths.whoami }),
  },
  {
    code: 'malformed_request',
    what: 'a method that HTTP has not',
    send: ({ client }) => client.send({ method: 'BREW', path: paths.whoami }),
  },
  { code: 'expectation_failed', what: 'magic', send: get(paths.live, { expect: 'magic' }) },
  {
    code: 'headers_too_large',
    what: '17 KiB of headers',
    send: get(paths.live, { x: 'a'.repeat(17 * 1024) }),
  },
]
