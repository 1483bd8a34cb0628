import type { Strategy } from '@session-vs-jwt/workbench'
import type { Bench } from '../runner/bench.js'
import { type Login, newLogins } from './credentials.js'
import { CHEAP_LOGINS, startStrategy } from './strategy-server.js'

type Headers = Login['headers']

const known = new WeakMap<Bench, Promise<Headers[]>>()

/**
 * A session and an access token, as far as the run has strategies of both kinds. A server that checks no credential gets
 * them all the same: otherwise it would parse fewer bytes than the servers that are compared with it.
 */
export async function carriedCredentials(bench: Bench): Promise<readonly Headers[]> {
  const credentials =
    known.get(bench) ?? Promise.all(oneOfEach(bench).map((it) => credentialOf(bench, it)))
  known.set(bench, credentials)
  return credentials
}

function oneOfEach({ settings }: Bench): Strategy[] {
  const first = (server: Strategy['server']) =>
    settings.strategies.find((it) => it.server === server) ?? []
  return [first('session'), first('jwt')].flat()
}

async function credentialOf(bench: Bench, strategy: Strategy): Promise<Headers> {
  const server = await startStrategy(bench, strategy, { env: CHEAP_LOGINS })
  try {
    const [login] = await server.whileAlive(newLogins(server.url, 1))
    return login?.headers ?? {}
  } finally {
    await server.stop()
  }
}
