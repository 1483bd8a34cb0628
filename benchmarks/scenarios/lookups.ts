import { setTimeout as sleep } from 'node:timers/promises'
import {
  Account,
  endpoints,
  LOGIN_FAILURES,
  lookupsOf,
  measure,
  mismatch,
  statusOf,
  type Step,
  steps,
  StoreCounters,
  type Strategy,
  Target,
  type TracedRequest,
  type Watched,
} from '@session-vs-jwt/workbench'
import { BenchError } from '../runner/bench-error.js'
import type { Bench } from '../runner/bench.js'
import type { Measurement, Opened, Scenario, Subject } from '../runner/scenario.js'
import type { Settings } from '../runner/settings.js'
import { CHEAP_LOGINS, runStrategy } from '../subjects/strategy-server.js'
import { startedServer } from '../subjects/started-server.js'

const REQUESTS = 20
const QUICK_REQUESTS = 2
const SETTLED_WITHIN_MS = 3_000

export const lookups: Scenario = {
  id: 'lookups',
  title: 'What each request asks of the stores',
  question:
    'How many SQL statements and Redis commands does each request cost? Counted twice: by the server’s ' +
    'traces, and by the stores (pg_stat_statements, INFO commandstats); both must say the same.',
  metrics: [
    { id: 'redis', title: 'Redis commands, by Redis’ count', unit: '', better: 'less' },
    { id: 'sql', title: 'SQL statements, by PostgreSQL’s count', unit: '', better: 'less' },
    { id: 'tracedRedis', title: 'Redis commands, by the trace', unit: '', better: 'less' },
    { id: 'tracedSql', title: 'SQL statements, by the trace', unit: '', better: 'less' },
  ],
  reference: 'session-redis',
  once: true,
  subjects: (settings) => settings.strategies.map((it) => subject(it, settings)),
}

function subject(strategy: Strategy, settings: Settings): Subject {
  return {
    id: strategy.id,
    title: strategy.title,
    conditions: steps.map(({ endpoint }) => ({ request: endpoints[endpoint].request })),
    takes: { open: 1, measure: settings.quick ? 0.05 : 0.15 },
    open: (bench) => open(bench, strategy),
  }
}

async function open(bench: Bench, strategy: Strategy): Promise<Opened> {
  const env = {
    ...CHEAP_LOGINS,
    TRACE_EVENTS: 'masked',
    SERVER_TIMING: 'on',
    LOGIN_FAILURES: String(LOGIN_FAILURES),
  }
  // Keys that may be public, so that there is a key set to ask for.
  const running = await runStrategy(bench, strategy, { env, algorithm: 'ES256' })
  const server = startedServer(running)
  const { postgres, redis } = await bench.stores()
  const counters = await StoreCounters.connect({ databaseUrl: postgres.url, redisUrl: redis.url })
  const traces: TracedRequest[] = []
  let told = 0
  running.onRequest((event) => {
    told += 1
    traces.push(event)
  })
  const target = new Target(running.url)
  const watched: Watched = {
    label: strategy.id,
    strategy,
    target,
    counters,
    traces,
    settled: () => until(() => told >= target.answered),
  }
  const requests = bench.settings.quick ? QUICK_REQUESTS : REQUESTS
  const accounts = Array.from({ length: requests + 1 }, () => new Account(target))
  return {
    measure: async ({ request }) => {
      const step = steps.find(({ endpoint }) => endpoints[endpoint].request === request) as Step
      return server.whileAlive(countStep(step, accounts, watched))
    },
    close: async () => {
      await counters.close()
      await server.stop()
    },
  }
}

/** @throws {BenchError} if an answer, a trace or a store's count is not what is expected */
async function countStep(
  step: Step,
  accounts: readonly Account[],
  watched: Watched,
): Promise<Measurement> {
  const measured = await measure(step, accounts, watched)
  const problem = mismatch(measured, statusOf(step, watched.strategy), watched)
  if (problem !== undefined) throw new BenchError(problem)
  const traced = (kind: string): number =>
    measured.traces.flatMap(({ calls }) => calls.filter((it) => it.kind === kind)).length /
    measured.requests
  const { sql, redis } = lookupsOf(measured)
  return { values: { redis, sql, tracedRedis: traced('redis'), tracedSql: traced('sql') } }
}

async function until(holds: () => boolean): Promise<void> {
  const givesUpAt = performance.now() + SETTLED_WITHIN_MS
  while (!holds()) {
    if (performance.now() > givesUpAt)
      throw new BenchError('The server did not tell of each request.')
    await sleep(2)
  }
}
