import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { findBalancerProgram, freePort, startBalancer } from '@session-vs-jwt/services'
import {
  type ServerGroup,
  startInstances,
  type Strategy,
  workbenchFolder,
} from '@session-vs-jwt/workbench'
import { BenchError } from '../runner/bench-error.js'
import { chosenStrategies } from '../runner/chosen-strategies.js'
import type { Bench } from '../runner/bench.js'
import type { Measurement, Opened, Scenario, Subject } from '../runner/scenario.js'
import type { Settings } from '../runner/settings.js'
import { requestsOf } from '../subjects/identity-server.js'
import { CHEAP_LOGINS, WITHOUT_INSTRUMENTS } from '../subjects/strategy-server.js'
import { type Load, type Loaded, warmedUp } from '../subjects/warm-load.js'
import { usageOf, usedBetween } from '../usage/process-usage.js'

/** All of them first, so that each is warm when fewer are measured. */
const COUNTS = [3, 2, 1]
const QUICK_COUNTS = [2]
const CONNECTIONS = 50
const USERS = 50
/** For a quick look: one that loses nothing of each kind, and the one that loses. */
const ENOUGH = ['session-redis', 'session-memory', 'jwt-rotating'] as const
/** Like jwt-rotating, they keep nothing in an instance; what they cost each request is in `identity`. */
const ALIKE: readonly string[] = [
  'jwt-stateless',
  'jwt-denylist',
  'jwt-valid-after',
  'jwt-user-lookup',
]

export const instances: Scenario = {
  id: 'instances',
  title: 'Several instances',
  question:
    'What do two and three instances behind HAProxy get through, and what does each strategy lose there? ' +
    'Users log in at the first instance; their requests go to each in turn. One instance has no balancer.',
  metrics: [
    { id: 'served', title: 'served', unit: '/s', better: 'more' },
    { id: 'lost', title: 'of the requests, refused', unit: '%', better: 'less' },
    { id: 'cpu', title: 'instances’ CPU for each request', unit: 'µs', better: 'less' },
    { id: 'balancerCpu', title: 'HAProxy’s CPU for each request', unit: 'µs', better: 'less' },
    { id: 'p50', title: 'median latency', unit: 'ms', better: 'less' },
    { id: 'p99', title: 'latency, 99 of 100', unit: 'ms', better: 'less' },
  ],
  reference: 'session-redis',
  subjects: (settings) => {
    const chosen = chosenStrategies(settings, ENOUGH)
    const different = chosen.filter(({ id }) => !ALIKE.includes(id))
    return (different.length > 0 ? different : chosen).map((it) => subject(it, settings))
  },
}

function subject(strategy: Strategy, { quick, seconds, warmUpRequests }: Settings): Subject {
  const counts = quick ? QUICK_COUNTS : COUNTS
  const most = Math.max(...counts)
  return {
    id: strategy.id,
    title: strategy.title,
    conditions: counts.map((it) => ({ instances: it })),
    takes: {
      open: 1 + 0.5 * most + (most * warmUpRequests) / 4_000,
      measure: (quick ? 0.5 : 1) + seconds,
    },
    open: (bench) => openFleet(bench, strategy, most),
  }
}

/** Started instances, some of which are measured at a time, and the load for them. */
interface Fleet {
  readonly group: ServerGroup
  /** For logs and the balancer's configuration. */
  readonly folder: string
  readonly load: Load
  /** Gets the load: an instance, or the balancer before several. It stays the same object, so its warm-up is known. */
  readonly target: Loaded & { url: string }
}

async function openFleet(bench: Bench, strategy: Strategy, count: number): Promise<Opened> {
  const folder = await mkdtemp(join(bench.place.folder, `fleet-${strategy.id}-`))
  const group = await startGroup(bench, strategy, { folder, count })
  try {
    const [home] = group.instances
    if (!home) throw new Error('an instance is needed')
    const requests = await requestsOf(home, { hasUsers: true }, USERS)
    const fleet: Fleet = {
      group,
      folder,
      load: {
        requests: () => requests,
        warmUpRequests: count * bench.settings.warmUpRequests,
        connections: CONNECTIONS,
        seconds: bench.settings.seconds,
        mayRefuse: true,
      },
      target: { url: home.url, whileAlive: (work) => work },
    }
    return {
      measure: ({ instances: active }) => withInstances(bench, fleet, Number(active)),
      close: () => group.kill(),
    }
  } catch (error) {
    await group.kill()
    throw error
  }
}

async function startGroup(
  bench: Bench,
  strategy: Strategy,
  { folder, count }: { folder: string; count: number },
): Promise<ServerGroup> {
  const { postgres, redis } = await bench.stores()
  const port = await freePort()
  const env = { ...strategy.env, ...CHEAP_LOGINS, ...WITHOUT_INSTRUMENTS }
  const ports = { page: 0, session: port, jwt: port }
  return startInstances(
    { folder, instances: count, ports, env: bench.place.machineEnv },
    {
      strategy: { ...strategy, env },
      databaseUrl: postgres.url,
      redisUrl: redis.url,
      secrets: (await bench.secrets())[strategy.server],
      origins: [],
    },
  )
}

/** Measures the first `count` instances, behind a balancer if there are several. */
async function withInstances(bench: Bench, fleet: Fleet, count: number): Promise<Measurement> {
  const { group, folder, target } = fleet
  const active = group.instances.slice(0, count)
  const pids = active.map(({ pid }) => pid)
  const [home] = active
  if (!home || count === 1) {
    target.url = home?.url ?? group.url
    return loadFleet(bench, fleet, pids)
  }
  const { onProgress } = bench.place
  const program = await findBalancerProgram({ folder: workbenchFolder, onProgress })
  const port = await freePort()
  const balanced = active.map(({ name, url }) => ({ name, address: new URL(url).host }))
  const service = { name: group.server, port, sticky: false, instances: balanced }
  const balancer = await startBalancer(program, { folder, services: [service], onProgress })
  target.url = `http://127.0.0.1:${port}`
  try {
    return await loadFleet(bench, fleet, pids, balancer.pid)
  } finally {
    await balancer.kill()
    await balancer.stop()
  }
}

/** An instance that does not know a login refuses it. */
async function loadFleet(
  bench: Bench,
  { target, load }: Fleet,
  pids: readonly number[],
  balancerPid?: number,
): Promise<Measurement> {
  const look = () => ({
    instances: usageOf(pids),
    balancer: usageOf(balancerPid === undefined ? [] : [balancerPid]),
  })
  const send = await warmedUp(bench, target, load)
  const before = look()
  const report = await send()
  const after = look()
  const { answers, wrong, lost, seconds, latency } = report
  if (lost > 0) throw new BenchError(`${lost} of ${answers + lost} requests got no answer.`)
  const each = (of: 'instances' | 'balancer'): number =>
    (usedBetween(before[of], after[of]).cpuMs * 1_000) / answers
  return {
    values: {
      served: (answers - wrong) / seconds,
      lost: (100 * wrong) / answers,
      cpu: each('instances'),
      balancerCpu: each('balancer'),
      p50: latency.p50,
      p99: latency.p99,
    },
    latency,
    atCeiling: await bench.ceilings.isNear(report, CONNECTIONS),
  }
}
