import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Answer, Load, timed, until } from './load.js'
import { makeProbes, type Probe, type Store } from './probes.js'
import { FAULT_STRATEGIES, Stack } from './stack.js'

console.log(inject('databaseUrl').length, Stack, FAULT_STRATEGIES, makeProbes)
test('x', async () => {
  const s = await Stack.start({ strategies: FAULT_STRATEGIES, own: ['postgres', 'redis'] })
  const p = await Promise.all(s.servers.map(makeProbes))
  for (const x of p.flat()) { const a = await x.send(); console.log(a.name, a.status, a.ms.toFixed(1), a.code) }
  await s.stop()
})
