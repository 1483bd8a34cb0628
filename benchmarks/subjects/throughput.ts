import type { Bench } from '../runner/bench.js'
import type { Measurement, Metric } from '../runner/scenario.js'
import { usageOf, usedBetween } from '../usage/process-usage.js'
import type { StartedServer } from './started-server.js'
import { allRight, type Load, warmedUp } from './warm-load.js'

/** What a load tells of a server. */
export const throughputMetrics: readonly Metric[] = [
  { id: 'cpu', title: 'server CPU for each request', unit: 'µs', better: 'less' },
  { id: 'throughput', title: 'requests', unit: '/s', better: 'more' },
  { id: 'p50', title: 'median latency', unit: 'ms', better: 'less' },
  { id: 'p99', title: 'latency, 99 of 100', unit: 'ms', better: 'less' },
  { id: 'storeCpu', title: 'stores’ CPU for each request', unit: 'µs', better: 'less' },
  { id: 'memory', title: 'server memory', unit: 'MB', better: 'less' },
  { id: 'storeMemory', title: 'stores’ memory', unit: 'MB', better: 'less' },
  { id: 'generatorCpu', title: 'generator’s CPU for each request', unit: 'µs', better: 'neither' },
]

const MB = 1_000_000

/** Puts a load on `server` when it is warm, and tells what it got through and what that used. */
export async function measureLoad(
  bench: Bench,
  server: StartedServer,
  load: Load,
): Promise<Measurement> {
  const { postgres, redis } = await bench.stores()
  const serverPids = server.pid === undefined ? [] : [server.pid]
  const look = () => ({
    server: usageOf(serverPids),
    stores: usageOf([...postgres.pids(), ...redis.pids()]),
  })
  const send = await warmedUp(bench, server, load)
  let before = look()
  const report = allRight(await send(() => (before = look())))
  const after = look()
  const used = usedBetween(before.server, after.server)
  const usedByStores = usedBetween(before.stores, after.stores)
  const each = (cpuMs: number): number => (cpuMs * 1_000) / report.answers
  const { answers, seconds, latency, generatorCpuMs } = report
  return {
    values: {
      ...(serverPids.length > 0 && { cpu: each(used.cpuMs), memory: used.memory / MB }),
      throughput: answers / seconds,
      p50: latency.p50,
      p99: latency.p99,
      storeCpu: each(usedByStores.cpuMs),
      storeMemory: usedByStores.memory / MB,
      generatorCpu: each(generatorCpuMs),
    },
    latency,
    atCeiling: load.rate === undefined && (await bench.ceilings.isNear(report, load.connections)),
  }
}
