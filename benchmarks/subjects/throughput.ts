import type { LoadReport, LoadRequest } from '../load/load-order.js'
import { BenchError } from '../runner/bench-error.js'
import type { Bench } from '../runner/bench.js'
import type { Measurement, Metric } from '../runner/scenario.js'
import { type Usage, usageOf, usedBetween } from '../usage/process-usage.js'
import type { StartedServer } from './started-server.js'

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

const BUSY = 0.95
const MB = 1_000_000

export interface Load {
  readonly requests: readonly LoadRequest[]
  readonly connections: number
  readonly seconds: number
  readonly amount?: number
  readonly rate?: number
}

/** Puts a load on `server`, and tells what it got through and what that used. */
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
  const before = look()
  const report = await runLoad(bench, server, load)
  const after = look()
  return {
    ...measurementOf(report, {
      server: usedBetween(before.server, after.server),
      stores: usedBetween(before.stores, after.stores),
    }),
  }
}

/** @throws {BenchError} if an answer is not the expected one */
export async function runLoad(
  bench: Bench,
  server: StartedServer,
  load: Load,
): Promise<LoadReport> {
  const order = { origin: server.url, ...load }
  const report = await server.whileAlive(bench.generator.run(order, bench.signal))
  if (report.wrong > 0) {
    throw new BenchError(
      `${report.wrong} of ${report.answers} answers were not the expected one, such as: ${report.wrongExample}`,
    )
  }
  return report
}

function measurementOf(
  report: LoadReport,
  used: { readonly server: Usage; readonly stores: Usage },
): Measurement {
  const { answers, seconds, latency, generatorCpuMs, generatorBusy } = report
  const each = (cpuMs: number): number => (cpuMs * 1_000) / answers
  return {
    values: {
      cpu: each(used.server.cpuMs),
      throughput: answers / seconds,
      p50: latency.p50,
      p99: latency.p99,
      storeCpu: each(used.stores.cpuMs),
      memory: used.server.memory / MB,
      storeMemory: used.stores.memory / MB,
      generatorCpu: each(generatorCpuMs),
    },
    latency,
    atCeiling: generatorBusy > BUSY,
  }
}
