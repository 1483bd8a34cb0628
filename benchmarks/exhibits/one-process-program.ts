// What no benchmark should be: both servers and the load in one process.
import { createLogger, listen } from '@session-vs-jwt/server-process'
import { systemClock, systemNewId } from '@session-vs-jwt/http-edge'
import * as jwtServer from '@session-vs-jwt/jwt-server'
import * as sessionServer from '@session-vs-jwt/session-server'
import { fullLoad } from '../load/full-load.js'
import { requestsOf } from '../subjects/identity-server.js'
import { CONNECTIONS, type Side, USERS } from './contestants.js'

/** What the parent sends: the servers' settings, and which is measured first. */
export interface OneProcessOrder {
  readonly sides: readonly [Side, Side]
  readonly env: Readonly<Record<Side, Readonly<Record<string, string>>>>
}

const SECONDS = 0.7

process.on('disconnect', () => process.exit())
process.on('SIGINT', () => undefined)
process.once('message', (order: OneProcessOrder) => {
  void compare(order).then((verdict) => process.send?.(verdict))
})

async function compare({ sides, env }: OneProcessOrder): Promise<Record<Side, number>> {
  const urls = { session: await startSession(env.session), token: await startToken(env.token) }
  const verdict = { session: NaN, token: NaN }
  for (const side of sides) {
    const origin = urls[side]
    const requests = await requestsOf({ url: origin }, { hasUsers: true }, USERS)
    const load = { origin, requests, connections: CONNECTIONS, seconds: SECONDS }
    const { answers, seconds, wrong, lost } = await fullLoad(load)
    verdict[side] = (answers + lost - wrong) / seconds
  }
  return verdict
}

const surroundings = {
  logger: createLogger('bench', 'silent'),
  clock: systemClock,
  newId: systemNewId,
}
const place = { host: '127.0.0.1', port: 0 }

async function startSession(env: Readonly<Record<string, string>>): Promise<string> {
  const random = sessionServer.systemRandomBytes
  const config = sessionServer.loadConfig(env)
  const server = await sessionServer.composeServer(config, { ...surroundings, random })
  return (await listen(server.handler, place)).url
}

async function startToken(env: Readonly<Record<string, string>>): Promise<string> {
  const server = await jwtServer.composeServer(jwtServer.loadConfig(env), surroundings)
  return (await listen(server.handler, place)).url
}
