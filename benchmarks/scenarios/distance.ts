import { paths } from '@session-vs-jwt/http-contract'
import { type Strategy, strategyById } from '@session-vs-jwt/workbench'
import { Redis } from 'ioredis'
import { median } from 'simple-statistics'
import { DelayProxy } from '../distance/delay-proxy.js'
import type { LoadRequest } from '../load/load-order.js'
import { chosenStrategies } from '../runner/chosen-strategies.js'
import type { Bench } from '../runner/bench.js'
import {
  type Condition,
  eachWith,
  type Measurement,
  type Opened,
  type Scenario,
  type Subject,
} from '../runner/scenario.js'
import type { Settings } from '../runner/settings.js'
import { requestsOf } from '../subjects/identity-server.js'
import type { StartedServer } from '../subjects/started-server.js'
import { CHEAP_LOGINS, startStrategy } from '../subjects/strategy-server.js'
import { allRight, warmedUp } from '../subjects/warm-load.js'

/** Milliseconds that a question to a store takes longer: the same machine, rack, zone, region. */
const DELAYS = [0, 0.5, 2, 10]
const QUICK_DELAYS = [0, 2]
const USERS = 50
/** For a quick look: one that asks Redis, one that asks PostgreSQL, one that asks nobody. */
const ENOUGH = ['session-redis', 'session-postgres', 'jwt-rotating'] as const
const CONNECTIONS = 50

export const distance: Scenario = {
  id: 'distance',
  title: 'The store further away',
  question:
    `How does GET ${paths.whoami} slow down as the stores move away, and where do the lines of session ` +
    'and token cross? The delay is put into the connection to the stores; what came of it is measured.',
  metrics: [
    { id: 'p50', title: 'latency of one client, median', unit: 'ms', better: 'less' },
    { id: 'throughput', title: 'requests, 50 connections', unit: '/s', better: 'more' },
    { id: 'busyP50', title: 'their median latency', unit: 'ms', better: 'less' },
    { id: 'roundTrip', title: 'PING to Redis and back', unit: 'ms', better: 'neither' },
  ],
  reference: 'jwt-rotating',
  // One client waits for one answer, and nobody competes for the cores: here latency can be compared.
  comparisons: ({ quick }) =>
    delays(quick).flatMap((condition) => [
      ...eachWith('jwt-rotating', ['session-redis', 'session-postgres'], {
        metric: 'p50',
        condition,
      }),
      ...eachWith('jwt-rotating+ES256', ['session-redis'], { metric: 'p50', condition }),
    ]),
  subjects: (settings) => [
    ...chosenStrategies(settings, ENOUGH).map((it) =>
      subject(it.id, it.title, it, 'HS256', settings),
    ),
    ...signedOtherwise(settings),
  ],
}

function delays(quick: boolean): Condition[] {
  return (quick ? QUICK_DELAYS : DELAYS).map((it) => ({ 'ms away': it }))
}

/** A signature that costs more to check takes longer to pay off. */
function signedOtherwise(settings: Settings): Subject[] {
  if (settings.quick || !settings.strategies.some(({ id }) => id === 'jwt-rotating')) return []
  const strategy = strategyById('jwt-rotating')
  return (['RS256', 'ES256'] as const).map((algorithm) => {
    const title = `${strategy.title}, signed with ${algorithm}`
    return subject(`jwt-rotating+${algorithm}`, title, strategy, algorithm, settings)
  })
}

function subject(
  id: string,
  title: string,
  strategy: Strategy,
  algorithm: 'HS256' | 'RS256' | 'ES256',
  settings: Settings,
): Subject {
  return {
    id,
    title,
    conditions: delays(settings.quick),
    takes: { open: 1 + settings.warmUpRequests / 4_000, measure: settings.seconds + 0.6 },
    open: (bench) => open(bench, strategy, algorithm),
  }
}

async function open(
  bench: Bench,
  strategy: Strategy,
  algorithm: 'HS256' | 'RS256' | 'ES256',
): Promise<Opened> {
  const proxy = await DelayProxy.start(await bench.stores())
  const { databaseUrl, redisUrl } = proxy
  const options = { env: CHEAP_LOGINS, algorithm, databaseUrl, redisUrl }
  let server: StartedServer | undefined
  const close = async (): Promise<void> => {
    await server?.stop()
    await proxy.stop()
  }
  try {
    const started = (server = await startStrategy(bench, strategy, options))
    const requests = await requestsOf(started, { hasUsers: true }, USERS)
    return {
      measure: (condition) =>
        measureAway(bench, started, { requests, proxy, ms: Number(condition['ms away']) }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

interface Away {
  readonly requests: readonly LoadRequest[]
  readonly proxy: DelayProxy
  readonly ms: number
}

async function measureAway(
  bench: Bench,
  server: StartedServer,
  { requests, proxy, ms }: Away,
): Promise<Measurement> {
  const load = { requests: () => requests, seconds: bench.settings.seconds / 2 }
  // To warm up with the delay would take minutes, and compile nothing else.
  proxy.setDelay(0)
  const sendMany = await warmedUp(bench, server, { ...load, connections: CONNECTIONS })
  // A client that waits so long for each answer needs more time for as many of them.
  const alone = { ...load, connections: 1, seconds: Math.max(load.seconds, ms / 10) }
  const sendOne = await warmedUp(bench, server, alone)
  proxy.setDelay(ms)
  const roundTrip = await roundTripMs(proxy.redisUrl)
  const one = allRight(await sendOne())
  const many = allRight(await sendMany())
  return {
    values: {
      p50: one.latency.p50,
      throughput: many.answers / many.seconds,
      busyP50: many.latency.p50,
      roundTrip,
    },
    latency: one.latency,
  }
}

async function roundTripMs(url: string): Promise<number> {
  const redis = new Redis(url)
  const times: number[] = []
  for (let i = 0; i < 15; i += 1) {
    const startedAt = performance.now()
    await redis.ping()
    times.push(performance.now() - startedAt)
  }
  redis.disconnect()
  return median(times)
}
