import { paths } from '@session-vs-jwt/http-contract'
import { strategyById, type StrategyId } from '@session-vs-jwt/workbench'
import type { LoadRequest } from '../load/load-order.js'
import { PostgresPopulation } from '../population/postgres-population.js'
import { RedisPopulation } from '../population/redis-population.js'
import type { Bench } from '../runner/bench.js'
import type { Measurement, Opened, Scenario, Subject } from '../runner/scenario.js'
import type { Settings } from '../runner/settings.js'
import { newLogins } from '../subjects/credentials.js'
import { openServer } from '../subjects/loaded-server.js'
import type { StartedServer } from '../subjects/started-server.js'
import { CHEAP_LOGINS, startStrategy } from '../subjects/strategy-server.js'
import { measureLoad, throughputMetrics } from '../subjects/throughput.js'

const LIVE = [1_000, 100_000, 1_000_000]
const QUICK_LIVE = [1_000, 10_000]
/** Measurements in a row. Real rounds would have to fill the stores each time, which takes minutes. */
const REPEATS = 3
/** Of those, so many ask. */
const ASKING = 50

interface Kept {
  readonly id: string
  readonly title: string
  readonly strategy: StrategyId
  readonly env?: Readonly<Record<string, string>>
  readonly populate: (bench: Bench) => Promise<PostgresPopulation | RedisPopulation>
}

const kept: readonly Kept[] = [
  {
    id: 'sessions-redis',
    title: 'Sessions in Redis',
    strategy: 'session-redis',
    populate: inRedis('session:', 'sessions-of:'),
  },
  {
    id: 'sessions-postgres',
    title: 'Sessions in PostgreSQL',
    strategy: 'session-postgres',
    populate: inPostgres('sessions'),
  },
  {
    id: 'families-redis',
    title: 'Refresh families in Redis',
    strategy: 'jwt-rotating',
    populate: inRedis('refresh-family:', 'refresh-families-of:'),
  },
  {
    id: 'families-postgres',
    title: 'Refresh families in PostgreSQL',
    strategy: 'jwt-rotating',
    env: { REFRESH_STORE: 'postgres' },
    populate: inPostgres('refresh_families'),
  },
]

export const state: Scenario = {
  id: 'state',
  title: 'A million logins',
  question:
    'How much room does a login take, and how much slower is it to use one among a thousand, a hundred ' +
    `thousand, a million? ${ASKING} of them ask: a session for GET ${paths.whoami}, ` +
    `a refresh family for POST ${paths.renewAccess}, which also writes. The others are copies of a real login.`,
  metrics: [
    { id: 'each', title: 'room for one login', unit: 'B', better: 'less' },
    { id: 'all', title: 'room for all', unit: 'MB', better: 'less' },
    ...throughputMetrics.filter(({ id }) => id !== 'generatorCpu'),
  ],
  reference: 'sessions-redis',
  once: true,
  subjects: (settings) =>
    kept
      .filter(({ strategy }) => settings.strategies.some(({ id }) => id === strategy))
      .map((it) => subject(it, settings)),
}

function inRedis(...prefixes: string[]): Kept['populate'] {
  return async (bench) => RedisPopulation.connect((await bench.stores()).redis.url, prefixes)
}

function inPostgres(table: 'sessions' | 'refresh_families'): Kept['populate'] {
  return async (bench) => PostgresPopulation.connect((await bench.stores()).postgres.url, table)
}

function subject(it: Kept, settings: Settings): Subject {
  const { seconds, quick, warmUpRequests } = settings
  const live = quick ? QUICK_LIVE : LIVE
  return {
    id: it.id,
    title: it.title,
    conditions: live.map((count) => ({ live: count })),
    takes: {
      open: 1 + warmUpRequests / 4_000,
      measure: repeatsOf(settings) * seconds + (quick ? 0.3 : 8),
    },
    open: (bench) => open(bench, it),
  }
}

async function open(bench: Bench, { strategy, env, populate }: Kept): Promise<Opened> {
  const population = await populate(bench)
  const chained = strategyById(strategy).server === 'jwt' ? ({ chain: true } as const) : {}
  let live = 0
  const opened = await openServer({
    start: () => startStrategy(bench, strategyById(strategy), { env: { ...CHEAP_LOGINS, ...env } }),
    prepare: async (server) => {
      await newLogins(server.url, ASKING)
      return { empty: await population.bytes() }
    },
    measure: async (server, { empty }, condition) => {
      await population.grow(live, Number(condition['live']))
      live = Number(condition['live'])
      const all = (await population.bytes()) - empty
      return repeat(bench, server, chained, { all: all / 1_000_000, each: all / live })
    },
  })
  const close = async (): Promise<void> => {
    await opened.close()
    await population.clear()
  }
  return { ...opened, close }
}

function repeatsOf({ quick }: Settings): number {
  return quick ? 1 : REPEATS
}

async function repeat(
  bench: Bench,
  server: StartedServer,
  chained: { chain?: true },
  values: Measurement['values'],
): Promise<Measurement[]> {
  const { seconds } = bench.settings
  const measurements: Measurement[] = []
  for (let i = 0; i < repeatsOf(bench.settings); i += 1) {
    // Each load begins with logins of its own, because a refresh token works once.
    const load = { requests: () => asking(server), connections: ASKING, seconds }
    const measured = await measureLoad(bench, server, { ...load, ...chained })
    measurements.push({ ...measured, values: { ...values, ...measured.values } })
  }
  return measurements
}

/** A session is read for every request; a family is read and written when access is renewed. */
async function asking({ url }: StartedServer): Promise<LoadRequest[]> {
  const logins = await newLogins(url, ASKING)
  return logins.map(({ headers, refreshToken }) =>
    refreshToken === undefined
      ? { method: 'GET', path: paths.whoami, headers, expected: { status: 200 } }
      : {
          method: 'POST',
          path: paths.renewAccess,
          headers: { authorization: `Bearer ${refreshToken}` },
          expected: { status: 200 },
        },
  )
}
