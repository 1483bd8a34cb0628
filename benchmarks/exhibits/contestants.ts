import { type StrategyId, strategyById } from '@session-vs-jwt/workbench'
import type { LoadRequest } from '../load/load-order.js'
import type { Bench } from '../runner/bench.js'
import { ofStrategy, requestsOf } from '../subjects/identity-server.js'
import type { StartedServer } from '../subjects/started-server.js'
import { runWarm } from '../subjects/warm-load.js'
import type { Verdict } from './exhibit.js'

export type Side = keyof Verdict

/** Who stands for each design. */
export const CONTESTANTS: Readonly<Record<Side, StrategyId>> = {
  session: 'session-redis',
  token: 'jwt-rotating',
}

export const CONNECTIONS = 20
export const USERS = 20

/** A server of a contestant, with users who are logged in, for as long as `work` takes. */
export async function withServer<T>(
  bench: Bench,
  side: Side,
  work: (server: StartedServer, requests: LoadRequest[]) => Promise<T>,
  asked: 'whoami' | 'me' = 'whoami',
): Promise<T> {
  const server = await ofStrategy(strategyById(CONTESTANTS[side])).start(bench)
  try {
    return await work(server, await requestsOf(server, { hasUsers: true }, USERS, asked))
  } finally {
    await server.stop()
  }
}

/** Warmed up, each in a process of its own, one after the other, as the runner's other scenarios. */
export async function honestly(bench: Bench, asked: 'whoami' | 'me' = 'whoami'): Promise<Verdict> {
  const perSecond = (side: Side): Promise<number> =>
    withServer(
      bench,
      side,
      async (server, requests) => {
        const { seconds } = bench.settings
        const load = { requests: () => requests, connections: CONNECTIONS, seconds }
        const report = await runWarm(bench, server, load)
        return report.answers / report.seconds
      },
      asked,
    )
  return inDrawnOrder(bench, {
    session: () => perSecond('session'),
    token: () => perSecond('token'),
  })
}

/** One after the other, in an order that no reader could have chosen. */
export async function inDrawnOrder(
  bench: Bench,
  measure: Readonly<Record<Side, () => Promise<number>>>,
): Promise<Verdict> {
  if (bench.random() < 0.5) {
    const session = await measure.session()
    return { session, token: await measure.token() }
  }
  const token = await measure.token()
  return { session: await measure.session(), token }
}
