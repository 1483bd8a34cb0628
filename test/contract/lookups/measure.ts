import type { RequestTrace } from '@session-vs-jwt/http-kit'
import { readServerTiming, type Strategy } from '@session-vs-jwt/workbench'
import { type Calls, sumOf, tally } from './calls.js'
import type { EndpointId, Lookups } from './expected-lookups.js'
import type { Answer, Target } from './load-device.js'
import type { Account, Step } from './steps.js'
import type { StoreCalls, StoreCounters } from './store-counters.js'

/** What a load of one kind of request has cost, as each witness tells it. */
export interface Measured {
  readonly endpoint: EndpointId
  readonly requests: number
  /** How often each status was answered. */
  readonly statuses: Calls
  /** What the server recorded, a trace for each request. */
  readonly traces: readonly RequestTrace[]
  /** What `Server-Timing` said, for each answer. */
  readonly timings: readonly Lookups[]
  /** What the stores counted. */
  readonly counted: StoreCalls
}

/** A server under load, and what watches it. */
export interface Watched {
  readonly label: string
  readonly strategy: Strategy
  readonly target: Target
  readonly counters: StoreCounters
  /** The server's traces, the newest last. */
  readonly traces: RequestTrace[]
}

/**
 * Sends `step` once for each of `accounts`. The first of them goes ahead uncounted: it opens
 * connections and leaves the step's scripts with Redis, which cost a command more the first time.
 */
export async function measure(
  step: Step,
  [first, ...accounts]: readonly Account[],
  { target, counters, traces }: Watched,
): Promise<Measured> {
  if (!first) throw new Error('a load needs accounts')
  await target.each([first, ...accounts], async (it) => step.prepare?.(it))
  await step.send(first)
  traces.length = 0
  const answers: Answer[] = []
  const counted = await counters.around(() =>
    target.each(accounts, async (it) => answers.push(await step.send(it))),
  )
  return {
    endpoint: step.endpoint,
    requests: accounts.length,
    statuses: tally(answers.map(({ status }) => String(status))),
    traces: [...traces],
    timings: answers.map(timingOf),
    counted,
  }
}

function timingOf({ headers }: Answer): Lookups {
  const { sql = NaN, redis = NaN } = readServerTiming(headers['server-timing']) ?? {}
  return { sql, redis }
}

/** What one request of the load has cost, by the stores' count. */
export function lookupsOf({ requests, counted }: Measured): Lookups {
  return { sql: sumOf(counted.sql) / requests, redis: sumOf(counted.redis) / requests }
}
