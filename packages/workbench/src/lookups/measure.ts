import { readServerTiming } from '../client/server-timing.js'
import type { Strategy } from '../strategy.js'
import { type Calls, sumOf, tally } from './calls.js'
import type { EndpointId, Lookups } from './expected-lookups.js'
import type { Answer, Target } from './load-device.js'
import type { Account, Step } from './steps.js'
import type { StoreCalls, StoreCounters } from './store-counters.js'

/** What a server tells of a request: the calls that it made. */
export interface TracedRequest {
  readonly calls: readonly { readonly kind: string; readonly operation: string }[]
}

/** What a load of one kind of request has cost, as each witness tells it. */
export interface Measured {
  readonly endpoint: EndpointId
  readonly requests: number
  /** How often each status was answered. */
  readonly statuses: Calls
  /** What the server recorded, a trace for each request. */
  readonly traces: readonly TracedRequest[]
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
  readonly traces: TracedRequest[]
  /** Waits for traces that are still on their way from the server's process. */
  readonly settled?: () => Promise<void>
}

/**
 * Sends `step` once for each of `accounts`. The first of them goes ahead uncounted: it opens
 * connections and leaves the step's scripts with Redis, which cost a command more the first time.
 */
export async function measure(
  step: Step,
  [first, ...accounts]: readonly Account[],
  { target, counters, traces, settled }: Watched,
): Promise<Measured> {
  if (!first) throw new Error('a load needs accounts')
  await target.each([first, ...accounts], async (it) => step.prepare?.(it))
  await step.send(first)
  await settled?.()
  traces.length = 0
  const answers: Answer[] = []
  const counted = await counters.around(() =>
    target.each(accounts, async (it) => answers.push(await step.send(it))),
  )
  await settled?.()
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
