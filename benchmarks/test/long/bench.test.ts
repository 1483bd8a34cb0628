import { expect, it } from 'vitest'
import type { BenchPlace } from '../../runner/bench.js'
import type { Settings } from '../../runner/settings.js'
import type { StartedServer } from '../../subjects/started-server.js'

// The built code, because the load generator runs the built program beside it.
const { Bench } = await import('../../dist/runner/bench.js')

it.each([
  ['one quick round', { quick: true, rounds: 1 }, 1],
  ['several quick rounds', { quick: true, rounds: 2 }, 2],
  ['a whole run', { quick: false, rounds: 9 }, 2],
])('in %s, servers are shared only within a round', async (_name, some, expected) => {
  const settings = { ...some, seed: 1 } as unknown as Settings
  const bench = new Bench(settings, { folder: '' } as BenchPlace)
  let started = 0
  const start = async (): Promise<StartedServer> => {
    started += 1
    return {
      url: '',
      pid: undefined,
      isRunning: () => true,
      stop: async () => undefined,
      whileAlive: (work) => work,
    }
  }
  await bench.server('same', start)
  await bench.server('same', start)
  expect(started).toBe(expected)
  await bench.stop()
})
