import { paths } from '@session-vs-jwt/http-contract'
import { type Strategy, strategyById } from '@session-vs-jwt/workbench'
import type { Bench } from '../runner/bench.js'
import type { Measurement, Scenario } from '../runner/scenario.js'
import { requestsOf } from '../subjects/identity-server.js'
import { loginRequests } from '../subjects/login-requests.js'
import { startStrategy } from '../subjects/strategy-server.js'
import { allRight, type Load, runWarm, warmedUp } from '../subjects/warm-load.js'

/** As many as the server hashes at once, and as many waiting. */
const LOGGING_IN = 4
/** Requests a second of those who are logged in already. */
const RATE = 100
/** One of each server: logins hash alike with all strategies, and the others differ in what `identity` shows. */
const COMPARED = ['session-redis', 'jwt-rotating'] as const

export const threads: Scenario = {
  id: 'threads',
  title: 'Others while somebody logs in',
  question:
    `How long does GET ${paths.whoami} take while others log in, by the size of libuv's thread pool? ` +
    'bcrypt hashes on it, at cost 10, two passwords at once; DNS and files use it too.',
  metrics: [
    { id: 'p90', title: 'whoami during logins, 90 of 100', unit: 'ms', better: 'less' },
    { id: 'p50', title: 'its median', unit: 'ms', better: 'less' },
    { id: 'quietP90', title: 'without logins, 90 of 100', unit: 'ms', better: 'less' },
    { id: 'logins', title: 'logins meanwhile', unit: '/s', better: 'more' },
  ],
  reference: 'session-redis',
  subjects: ({ strategies, seconds, quick }) =>
    (quick ? (['session-redis'] as const) : COMPARED)
      .filter((id) => strategies.some((it) => it.id === id))
      .map((id) => ({
        id,
        title: strategyById(id).title,
        conditions: (quick ? [4] : [1, 2, 4, 8]).map((it) => ({ threads: it })),
        takes: { open: 0, measure: 1.5 + seconds * 3 },
        open: async (bench) => ({
          measure: ({ threads: count }) => withThreads(bench, strategyById(id), Number(count)),
          close: async () => undefined,
        }),
      })),
}

async function withThreads(bench: Bench, strategy: Strategy, count: number): Promise<Measurement> {
  const env = { BCRYPT_COST: '10', UV_THREADPOOL_SIZE: String(count) }
  const server = await startStrategy(bench, strategy, { env })
  const seconds = Math.max(1, bench.settings.seconds)
  try {
    const requests = await requestsOf(server, { hasUsers: true }, LOGGING_IN)
    const loggingIn = await loginRequests(server.url, LOGGING_IN)
    const paced: Load = { requests: () => requests, connections: 20, seconds, rate: RATE }
    const quiet = await runWarm(bench, server, paced)
    const logins: Load = {
      requests: () => loggingIn,
      warmUpRequests: 2 * LOGGING_IN,
      connections: LOGGING_IN,
      seconds: seconds + 0.3,
    }
    const sendBoth = [
      await warmedUp(bench, server, paced),
      await warmedUp(bench, server, logins, bench.background),
    ] as const
    const [busy, loggedIn] = await Promise.all([sendBoth[0](), sendBoth[1]()])
    for (const it of [busy, loggedIn]) allRight(it)
    const { p50, p90 } = busy.latency
    const perSecond = loggedIn.answers / loggedIn.seconds
    return { values: { p90, p50, quietP90: quiet.latency.p90, logins: perSecond } }
  } finally {
    await server.stop()
  }
}
