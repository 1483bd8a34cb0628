// The load generator: a process of its own, so that what it uses is not the servers'.
import { fullLoad } from './full-load.js'
import { chainLoad } from './chain-load.js'
import type { LoadOrder, LoadOutcome, LoadReport, OnCounting } from './load-order.js'
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
  let cpuBefore = process.cpuUsage()
  let loopBefore = performance.eventLoopUtilization()
  const load = loadFor(order, () => {
    process.send?.({ counting: true })
    cpuBefore = process.cpuUsage()
    loopBefore = performance.eventLoopUtilization()
  })
  if (order.awake) stayAwake(load)
  const outcome = await load
  const { user, system } = process.cpuUsage(cpuBefore)
  const { utilization } = performance.eventLoopUtilization(loopBefore)
  return {
    ...outcome,
    generatorCpuMs: (user + system) / 1_000,
    ...(!order.awake && { generatorBusy: utilization }),
  }
}

async function loadFor(order: LoadOrder, onCounting: OnCounting): Promise<LoadOutcome> {
  const { rate, chain } = order
  if (chain) return chainLoad(order, onCounting)
  return rate === undefined ? fullLoad(order, onCounting) : pacedLoad({ ...order, rate })
}

/** Until `load` is over. */
function stayAwake(load: Promise<unknown>): void {
  let isOver = false
  const end = (): void => void (isOver = true)
  load.then(end, end)
  const turn = (): void => {
    if (!isOver) setImmediate(turn)
  }
  turn()
}
