// The load generator: a process of its own, so that what it uses is not the servers'.
import { fullLoad } from './full-load.js'
import { chainLoad } from './chain-load.js'
import type { LoadOrder, LoadOutcome, LoadReport } from './load-order.js'
import { pacedLoad } from './paced-load.js'

process.on('message', (order: LoadOrder) => {
  void generate(order).then(
    (report) => process.send?.({ report }),
    (error: Error) => process.send?.({ error: error.message }),
  )
})
process.on('disconnect', () => process.exit())
// Ctrl-C is for the runner, which ends this process.
process.on('SIGINT', () => undefined)

async function generate(order: LoadOrder): Promise<LoadReport> {
  const cpuBefore = process.cpuUsage()
  const loopBefore = performance.eventLoopUtilization()
  const outcome = await loadFor(order)
  const { user, system } = process.cpuUsage(cpuBefore)
  return {
    ...outcome,
    generatorCpuMs: (user + system) / 1_000,
    generatorBusy: performance.eventLoopUtilization(loopBefore).utilization,
  }
}

async function loadFor(order: LoadOrder): Promise<LoadOutcome> {
  const { rate, chain } = order
  if (chain) return chainLoad(order)
  return rate === undefined ? fullLoad(order) : pacedLoad({ ...order, rate })
}
