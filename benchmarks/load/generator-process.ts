// The load generator: a process of its own, so that what it uses is not the servers'.
import { fullLoad } from './full-load.js'
import type { LoadOrder, LoadReport } from './load-order.js'
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
  const { rate } = order
  const outcome = await (rate === undefined ? fullLoad(order) : pacedLoad({ ...order, rate }))
  const { user, system } = process.cpuUsage(cpuBefore)
  return {
    ...outcome,
    generatorCpuMs: (user + system) / 1_000,
    generatorBusy: performance.eventLoopUtilization(loopBefore).utilization,
  }
}
