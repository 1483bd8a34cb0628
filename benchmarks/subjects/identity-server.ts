import { paths } from '@session-vs-jwt/http-contract'
import type { Strategy } from '@session-vs-jwt/workbench'
import type { LoadRequest } from '../load/load-order.js'
import type { Bench } from '../runner/bench.js'
import { carriedCredentials } from './carried-credentials.js'
import { checkedGet, newLogins } from './credentials.js'
import { type Program, startProgram } from './program-server.js'
import type { StartedServer } from './started-server.js'
import { CHEAP_LOGINS, startStrategy } from './strategy-server.js'

/** A server that can be asked who sends a request. */
export interface IdentityServer {
  readonly id: string
  readonly title: string
  start(bench: Bench): Promise<StartedServer>
  /** Whether it tells users apart; a floor answers everybody the same. */
  readonly hasUsers: boolean
}

export function ofStrategy(
  strategy: Strategy,
  env: Readonly<Record<string, string>> = {},
): IdentityServer {
  return {
    id: strategy.id,
    title: strategy.title,
    hasUsers: true,
    start: (bench) => startStrategy(bench, strategy, { env: { ...CHEAP_LOGINS, ...env } }),
  }
}

export function ofProgram(program: Program, hasUsers: boolean): IdentityServer {
  const { id, title } = program
  const start = (bench: Bench) => startProgram(bench, program)
  if (hasUsers) return { id, title, hasUsers, start }
  return {
    id,
    title,
    hasUsers,
    start: async (bench) => {
      const credentials = await carriedCredentials(bench)
      return { ...(await start(bench)), credentials }
    },
  }
}

/** A server that the reader has started: what it uses is not seen. */
export function ofUrl(url: string): IdentityServer {
  const started: StartedServer = {
    url,
    pid: undefined,
    isRunning: () => true,
    stop: async () => undefined,
    whileAlive: (work) => work,
  }
  return { id: url, title: url, hasUsers: true, start: async () => started }
}

type Asked = 'whoami' | 'me'

const SCHEMAS = { whoami: 'whoami', me: 'userBody' } as const

/**
 * So many users, each with the request that it will repeat and the answer that it got the first time. Without users, a
 * request for each of the credentials that the server is given to parse.
 */
export async function requestsOf(
  server: Pick<StartedServer, 'url' | 'credentials'>,
  { hasUsers }: Pick<IdentityServer, 'hasUsers'>,
  users: number,
  asked: Asked = 'whoami',
): Promise<LoadRequest[]> {
  const path = paths[asked]
  const credentials = hasUsers
    ? await newLogins(server.url, users)
    : (server.credentials ?? []).map((headers) => ({ headers }))
  const requests: LoadRequest[] = []
  for (const { headers } of credentials) {
    const { status, body } = await checkedGet(server.url + path, headers, SCHEMAS[asked])
    requests.push({ method: 'GET', path, headers, expected: { status, body } })
  }
  return requests
}
