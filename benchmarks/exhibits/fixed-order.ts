import { LoadGenerator } from '../load/load-generator.js'
import type { Bench } from '../runner/bench.js'
import type { Scenario } from '../runner/scenario.js'
import { runCold } from '../subjects/warm-load.js'
import { CONNECTIONS, honestly, type Side, withServer } from './contestants.js'
import { exhibited, type Rig, type Verdict } from './exhibit.js'

/** As many as a quick look takes. */
const REQUESTS = 200

export const fixedOrder: Scenario = exhibited({
  id: 'bad-order',
  title: 'One after the other, without warm-up',
  question:
    `Who wins if both are measured once, ${REQUESTS} requests each, in an order that somebody chose? The ` +
    'first finds a load generator whose code is not compiled yet, and pays for it.',
  rigs: [
    rig('session first', ['session', 'token']),
    rig('token first', ['token', 'session']),
    {
      id: 'honest',
      title: 'warmed up, in an order drawn by lot',
      takes: 6,
      measure: (bench) => honestly(bench),
    },
  ],
})

function rig(id: string, order: readonly [Side, Side]): Rig {
  return { id, title: id, takes: 4, measure: (bench) => inOrder(bench, order) }
}

async function inOrder(bench: Bench, order: readonly [Side, Side]): Promise<Verdict> {
  const generator = LoadGenerator.start()
  const verdict = { session: NaN, token: NaN }
  try {
    for (const side of order) {
      verdict[side] = await withServer(bench, side, async (server, requests) => {
        const load = { requests, connections: CONNECTIONS, seconds: 60, amount: REQUESTS }
        const { answers, seconds } = await runCold(bench, server, load, generator)
        return answers / seconds
      })
    }
    return verdict
  } finally {
    await generator.stop()
  }
}
