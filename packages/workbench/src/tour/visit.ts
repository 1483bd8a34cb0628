import { randomBytes } from 'node:crypto'
import { BearerClient } from '../client/bearer-client.js'
import type { ContractClient, Registration } from '../client/contract-client.js'
import { CookieClient } from '../client/cookie-client.js'
import type { Promises, ServerKind, StrategyId } from '../strategy.js'

/** A server that the tour goes to. */
export interface TourStop {
  readonly server: ServerKind
  readonly url: string
  readonly strategy?: StrategyId
  /** Unknown for a server of somebody else: then whatever some strategy promises is allowed. */
  readonly promises?: Promises
}

/** What the tour remembers between its steps at one server. */
export interface Visit {
  readonly stop: TourStop
  readonly client: ContractClient
  readonly user: Registration
  /** Copies of credentials, from before they were replaced or given up. */
  beforeRotation?: ContractClient
  beforeLogout?: ContractClient
  /** A request got no answer. */
  isSilent?: boolean
  /** Path of the own post. */
  postPath?: string
}

/** A visit by somebody whom the server has never seen. */
export function newVisit(stop: TourStop): Visit {
  const { server, url } = stop
  const name = `tour-${randomBytes(6).toString('hex')}`
  return {
    stop,
    client: server === 'session' ? new CookieClient(url) : new BearerClient(url),
    user: {
      nickname: name,
      email: `${name}@example.org`,
      // A colon is what a careless reader of Basic credentials trips over.
      password: `${randomBytes(9).toString('base64url')}:${randomBytes(6).toString('base64url')}`,
    },
  }
}
