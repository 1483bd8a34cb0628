import { paths } from '@session-vs-jwt/http-contract'
import type { Strategy } from '@session-vs-jwt/workbench'
import type { LoadRequest } from '../load/load-order.js'
import type { Bench } from '../runner/bench.js'
import type { Measurement, Metric, Scenario, Subject } from '../runner/scenario.js'
import type { Settings } from '../runner/settings.js'
import { loginRequests, registerRequest } from '../subjects/login-requests.js'
import type { StartedServer } from '../subjects/started-server.js'
import { startStrategy } from '../subjects/strategy-server.js'
import { measureLoad, throughputMetrics } from '../subjects/throughput.js'

/** As many as the server hashes at once, and as many waiting: it never runs dry. */
const CONNECTIONS = 4

/** By the cost: requests that are measured, enough to tell a rate and few enough to wait for. */
const AMOUNTS = { 10: 24, 12: 8 } as const
const QUICK_AMOUNTS = { 10: 4 } as const

const metrics: readonly Metric[] = [
  { id: 'throughput', title: 'done', unit: '/s', better: 'more' },
  ...throughputMetrics.filter(({ id }) => id !== 'throughput' && id !== 'generatorCpu'),
]

type Requests = (server: StartedServer) => Promise<readonly LoadRequest[]>

/**
 * A hash costs the same from the first one on. The code around it, in which strategies differ, would need thousands of
 * logins until it is compiled. So these scenarios describe, and compare nothing.
 */
const WARM_UP = 2 * CONNECTIONS

function hashing(
  { id, title, question }: Pick<Scenario, 'id' | 'title' | 'question'>,
  strategiesOf: (settings: Settings) => readonly Strategy[],
  requests: Requests,
): Scenario {
  return {
    id,
    title,
    question,
    metrics,
    reference: 'session-redis',
    subjects: (settings) => strategiesOf(settings).map((it) => subject(it, settings, requests)),
  }
}

export const login: Scenario = hashing(
  {
    id: 'login',
    title: 'Logging in',
    question:
      'How many logins a second, and does the strategy matter? ' +
      `POST ${paths.login}, bcrypt cost 10 and 12.`,
  },
  ({ strategies }) => strategies,
  ({ url }) => loginRequests(url, CONNECTIONS),
)

/**
 * A registration hashes as a login does, which `login` shows for all, and keeps a login in the same place:
 * in Redis or PostgreSQL, as a session or a refresh family.
 */
const REGISTERING: readonly string[] = ['session-redis', 'session-postgres', 'jwt-rotating']

export const register: Scenario = hashing(
  {
    id: 'register',
    title: 'Registering',
    question: `How many registrations a second? POST ${paths.register}, bcrypt cost 10 and 12.`,
  },
  ({ strategies }) => strategies.filter(({ id }) => REGISTERING.includes(id)),
  async () => [registerRequest],
)

function subject(strategy: Strategy, settings: Settings, requests: Requests): Subject {
  const amounts = settings.quick ? QUICK_AMOUNTS : AMOUNTS
  return {
    id: strategy.id,
    title: strategy.title,
    conditions: Object.keys(amounts).map((it) => ({ cost: Number(it) })),
    takes: { open: 0, measure: settings.quick ? 1.2 : 2 },
    open: async (bench) => ({
      measure: async ({ cost }) => {
        const amount = amounts[cost as keyof typeof amounts]
        return atCost(bench, strategy, { cost: Number(cost), amount, requests })
      },
      close: async () => undefined,
    }),
  }
}

/** A server has one cost: for another, another is started. */
async function atCost(
  bench: Bench,
  strategy: Strategy,
  { cost, amount, requests }: { cost: number; amount: number; requests: Requests },
): Promise<Measurement> {
  const server = await startStrategy(bench, strategy, { env: { BCRYPT_COST: String(cost) } })
  try {
    const given = await server.whileAlive(requests(server))
    return await measureLoad(bench, server, {
      requests: () => given,
      warmUpRequests: WARM_UP,
      connections: CONNECTIONS,
      seconds: 60,
      amount,
    })
  } finally {
    await server.stop()
  }
}
