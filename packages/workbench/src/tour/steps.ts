import { paths } from '@session-vs-jwt/http-contract'
import type { ContractClient } from '../client/contract-client.js'
import { type Exchange, jsonOf } from '../client/http-exchange.js'
import { readServerTiming } from '../client/server-timing.js'
import {
  all,
  type Expectation as Any,
  hasBody,
  hasStatus,
  isRefused,
} from '../client/expectation.js'
import type { Visit } from './visit.js'

type Expectation = Any<Visit>

/** One request of the tour, and what the contract allows as its answer. */
export interface TourStep {
  readonly name: string
  /** Undefined where an earlier step left nothing to send. */
  readonly send: (visit: Visit) => Promise<Exchange> | undefined
  readonly expected: (visit: Visit) => Expectation
}

const POST = { title: 'A post of my own', body: 'Nobody else can read this.' }

/** The tour, in order. The same requests go to both servers. */
export const tourSteps: readonly TourStep[] = [
  {
    name: 'register',
    send: ({ client, user }) => client.register(user),
    expected: () => all(hasStatus(201), hasBody('user', 'user'), holdsCredential),
  },
  {
    name: 'log in',
    send: ({ client, user }) => client.login(user),
    expected: () => all(hasStatus(200), hasBody('user', 'user'), holdsCredential),
  },
  {
    name: 'who am I',
    send: ({ client }) => client.whoami(),
    expected: () => all(hasStatus(200), hasBody('whoami'), isOwnEmail, costsWhatIsPromised),
  },
  {
    name: 'read my profile',
    send: ({ client }) => client.send({ method: 'GET', path: paths.me }),
    expected: () => all(hasStatus(200), hasBody('user', 'user')),
  },
  {
    name: 'write a post',
    send: async (visit) => {
      const answer = await visit.client.send({ method: 'POST', path: paths.posts, json: POST })
      const { post } = (jsonOf(answer) ?? {}) as { post?: { id?: unknown } }
      if (typeof post?.id === 'string') visit.postPath = paths.post.replace(':id', post.id)
      return answer
    },
    expected: () => all(hasStatus(201), hasBody('post', 'post')),
  },
  {
    name: 'read it again',
    send: ({ client, postPath }) =>
      postPath === undefined ? undefined : client.send({ method: 'GET', path: postPath }),
    expected: () => all(hasStatus(200), hasBody('post', 'post')),
  },
  {
    name: 'renew the access',
    send: ({ client }) => client.renewAccess(),
    expected: (visit) => all(hasStatus(200), hasBody(isJwt(visit) ? renewedBody(visit) : 'expiry')),
  },
  {
    name: 'rotate the refresh',
    send: (visit) => {
      visit.beforeRotation = visit.client.copy()
      return visit.client.rotateRefresh()
    },
    expected: (visit) => all(hasStatus(200), hasBody(isJwt(visit) ? 'refreshToken' : 'expiry')),
  },
  {
    name: 'replay the spent one',
    send: ({ beforeRotation: spent }) =>
      spent?.holds('refresh') ? presentSpent(spent) : undefined,
    expected: ({ stop: { promises } }) =>
      promised(promises && promises.spentCredential === 'refused', isRefused, isServedAgain),
  },
  {
    // A spent refresh token ends its family, so the JWT server wants a login after the replay. The
    // session server does not; it gets one too, so that the totals are of the same requests.
    name: 'log in again',
    send: ({ client, user }) => client.login(user),
    expected: () => all(hasStatus(200), hasBody('user', 'user'), holdsCredential),
  },
  {
    name: 'log out',
    send: (visit) => {
      visit.beforeLogout = visit.client.copy()
      return visit.client.logout()
    },
    expected: () => hasStatus(204),
  },
  {
    name: 'replay the old one',
    send: ({ beforeLogout: old }) => (old?.holds('access') ? old.whoami() : undefined),
    expected: ({ stop: { promises } }) =>
      promised(promises && promises.afterLogout === 'dead-at-once', isRefused, isServed),
  },
]

const isServed: Expectation = all(hasStatus(200), hasBody('whoami'))

/** What {@link presentSpent} gets where nothing is spent. */
const isServedAgain: Expectation = (answer, visit) =>
  all(hasStatus(200), hasBody(isJwt(visit) ? 'refreshToken' : 'whoami'))(answer, visit)

/** A cookie was spent for everything; a refresh token is good for nothing but renewing. */
function presentSpent(client: ContractClient): Promise<Exchange> {
  return client.server === 'session' ? client.whoami() : client.rotateRefresh()
}

/** Where a refresh token works once, the answer holds the next one. */
function renewedBody({ stop: { promises } }: Visit): 'tokens' | 'renewedTokens' {
  return promises?.spentCredential === 'refused' ? 'tokens' : 'renewedTokens'
}

function isJwt({ client }: Visit): boolean {
  return client.server === 'jwt'
}

const holdsCredential: Expectation = (_answer, { client }) => {
  if (client.holds('access') && client.holds('refresh')) return undefined
  return client.server === 'jwt'
    ? '"accessToken" and "refreshToken" in the body'
    : 'a Set-Cookie header with the cookie "sid" (over https, "__Host-sid")'
}

const isOwnEmail: Expectation = (answer, { user }) => {
  const { email } = jsonOf(answer) as { email: string }
  return email === user.email ? undefined : `the email ${user.email}`
}

/** Where the strategy is known, and the server tells what a request cost. */
const costsWhatIsPromised: Expectation = (answer, { stop: { promises } }) => {
  const costs = readServerTiming(answer.headers['server-timing'])
  if (!promises || !costs) return undefined
  const { sql, redis } = promises.identityCost
  if (costs.sql === sql && costs.redis === redis) return undefined
  return `${sql} SQL statements and ${redis} Redis commands, as the strategy promises`
}

/** One of two outcomes; `first` if the strategy promises it, `second` if not, either if unknown. */
function promised(
  isFirst: boolean | undefined,
  first: Expectation,
  second: Expectation,
): Expectation {
  if (isFirst !== undefined) return isFirst ? first : second
  return (answer, visit) => {
    const problems = [first(answer, visit), second(answer, visit)]
    return problems.includes(undefined) ? undefined : problems.join(', or ')
  }
}
