import { strategyById } from '@session-vs-jwt/workbench'
import { DelayProxy } from '../distance/delay-proxy.js'
import type { Bench } from '../runner/bench.js'
import type { Scenario } from '../runner/scenario.js'
import { requestsOf } from '../subjects/identity-server.js'
import { newTokenRequests } from '../subjects/mint-tokens.js'
import type { StartedServer } from '../subjects/started-server.js'
import { CHEAP_LOGINS, startStrategy } from '../subjects/strategy-server.js'
import { allRight, type Load, warmedUp } from '../subjects/warm-load.js'
import { CONTESTANTS, inDrawnOrder, type Side, USERS } from './contestants.js'
import { exhibited, type Rig, type Verdict } from './exhibit.js'

/** A few clients, who wait for what the server waits for. */
const CLIENTS = 4
/** Milliseconds from a server to its store in another zone of a data centre. */
const AWAY_MS = 2

export const localhostStore: Scenario = exhibited({
  id: 'bad-localhost',
  title: 'A store on localhost, presented as production',
  question:
    `Who serves ${CLIENTS} clients better, a session looked up in Redis or a token signed with ES256 that ` +
    'is seen for the first time? On one machine the lookup costs little; in production it is a journey.',
  rigs: [
    rig('on localhost', 'Redis on the same machine', 0),
    rig('honest', `Redis ${AWAY_MS} ms away`, AWAY_MS),
  ],
})

function rig(id: string, title: string, awayMs: number): Rig {
  return { id, title, takes: 6, measure: (bench) => away(bench, awayMs) }
}

async function away(bench: Bench, awayMs: number): Promise<Verdict> {
  const proxy = await DelayProxy.start(await bench.stores())
  try {
    const measure = {
      session: () =>
        perSecond(bench, proxy, awayMs, 'session', async (server) => {
          const requests = await requestsOf(server, { hasUsers: true }, USERS)
          return { requests: () => requests }
        }),
      token: () =>
        perSecond(bench, proxy, awayMs, 'token', async (server) => ({
          requests: (count) => newTokenRequests(bench, server, count, 'ES256'),
          neverTwice: true,
        })),
    }
    return await inDrawnOrder(bench, measure)
  } finally {
    await proxy.stop()
  }
}

async function perSecond(
  bench: Bench,
  proxy: DelayProxy,
  awayMs: number,
  side: Side,
  requestsFor: (server: StartedServer) => Promise<Pick<Load, 'requests' | 'neverTwice'>>,
): Promise<number> {
  const { databaseUrl, redisUrl } = proxy
  const options = { env: CHEAP_LOGINS, algorithm: 'ES256', databaseUrl, redisUrl } as const
  const server = await startStrategy(bench, strategyById(CONTESTANTS[side]), options)
  try {
    const { seconds } = bench.settings
    const load = { ...(await requestsFor(server)), connections: CLIENTS, seconds }
    const send = await warmedUp(bench, server, load)
    proxy.setDelay(awayMs)
    const report = allRight(await send())
    proxy.setDelay(0)
    return report.answers / report.seconds
  } finally {
    await server.stop()
  }
}
