import { join } from 'node:path'
import { type Balancer, findBalancerProgram, freePort } from '@session-vs-jwt/services'
import {
  balance,
  type ServerGroup,
  startInstances,
  type Strategy,
  workbenchFolder,
} from '@session-vs-jwt/workbench'
import type { LoadRequest } from '../load/load-order.js'
import { chosenStrategies } from '../runner/chosen-strategies.js'
import type { Bench } from '../runner/bench.js'
import type { Measurement, Opened, Scenario, Subject } from '../runner/scenario.js'
import type { Settings } from '../runner/settings.js'
import { requestsOf } from '../subjects/identity-server.js'
import { CHEAP_LOGINS, WITHOUT_INSTRUMENTS } from '../subjects/strategy-server.js'
import { usageOf, usedBetween } from '../usage/process-usage.js'

const COUNTS = [1, 2, 3]
const QUICK_COUNTS = [2]
const CONNECTIONS = 50
const USERS = 50
/** For a quick look: one that loses nothing of each kind, and the one that loses. */
const ENOUGH = ['session-redis', 'session-memory', 'jwt-rotating'] as const

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
  once: true,
  subjects: (settings) => chosenStrategies(settings, ENOUGH).map((it) => subject(it, settings)),
}

function subject(strategy: Strategy, settings: Settings): Subject {
  const { quick, rounds, seconds } = settings
  return {
    id: strategy.id,
    title: strategy.title,
    conditions: (quick ? QUICK_COUNTS : COUNTS).map((it) => ({ instances: it })),
    takes: { open: 0, measure: 2.5 + (rounds * seconds) / 2 },
    open: async (bench): Promise<Opened> => ({
      measure: (condition) => withFleet(bench, strategy, Number(condition['instances'])),
      close: async () => undefined,
    }),
  }
}

async function withFleet(bench: Bench, strategy: Strategy, count: number): Promise<Measurement[]> {
  const folder = join(bench.place.folder, `fleet-${strategy.id}-${count}`)
  const group = await startGroup(bench, strategy, { folder, count })
  let balancer: Balancer | undefined
  try {
    if (count > 1) {
      const { onProgress } = bench.place
      const program = await findBalancerProgram({ folder: workbenchFolder, onProgress })
      balancer = await balance(program, [group], { folder, sticky: [] })
    }
    const home = group.instances[0]?.url ?? group.url
    const requests = await requestsOf({ url: home }, { hasUsers: true }, USERS)
    return await loadFleet(bench, group, balancer, requests)
  } finally {
    await balancer?.kill()
    await balancer?.stop()
    await group.kill()
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

/** As often as other scenarios have rounds. An instance that does not know a login refuses it. */
async function loadFleet(
  bench: Bench,
  group: ServerGroup,
  balancer: Balancer | undefined,
  requests: readonly LoadRequest[],
): Promise<Measurement[]> {
  const { generator, settings, signal } = bench
  const { seconds, warmUpRequests: amount } = settings
  const order = { origin: group.url, requests, connections: CONNECTIONS }
  await generator.run({ ...order, seconds: 60, amount: amount * group.instances.length }, signal)
  const look = () => ({
    instances: usageOf(group.instances.map(({ pid }) => pid)),
    balancer: usageOf(balancer ? [balancer.pid] : []),
  })
  const measurements: Measurement[] = []
  for (let i = 0; i < settings.rounds; i += 1) {
    const before = look()
    const report = await generator.run({ ...order, seconds: seconds / 2 }, signal)
    const after = look()
    const { answers, wrong, latency } = report
    const each = (of: 'instances' | 'balancer'): number =>
      (usedBetween(before[of], after[of]).cpuMs * 1_000) / answers
    measurements.push({
      values: {
        served: (answers - wrong) / report.seconds,
        lost: (100 * wrong) / answers,
        cpu: each('instances'),
        balancerCpu: each('balancer'),
        p50: latency.p50,
        p99: latency.p99,
      },
      latency,
      atCeiling: await bench.ceilings.isNear(report, CONNECTIONS),
    })
  }
  return measurements
}
