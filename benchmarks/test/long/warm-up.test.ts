import { machineEnvironment, strategyById } from '@session-vs-jwt/workbench'
import { expect, it, vi } from 'vitest'
import type { LoadOrder } from '../../load/load-order.js'
import type { Settings } from '../../runner/settings.js'

// The built code, because the load generator runs the built program beside it.
const { LoadGenerator } = await import('../../dist/load/load-generator.js')
const { run } = await import('../../dist/runner/run.js')
const { scenarios } = await import('../../dist/scenarios/scenarios.js')
const { control } = await import('../../dist/scenarios/control.js')

const settings: Settings = {
  rounds: 1,
  seconds: 0.3,
  warmUpRequests: 60,
  seed: 1,
  quick: true,
  check: false,
  strategies: (['session-redis', 'jwt-rotating'] as const).map(strategyById),
  peers: [],
  urls: [],
}

/** Those that put load on servers. */
const LOADING = 'identity profile login register threads refresh distance instances state control'

it('sends each server the requests that are measured, and no others, to warm it up', async () => {
  const sent = vi.spyOn(LoadGenerator.prototype, 'run')
  const wanted = [...scenarios, control].filter(({ id }) => LOADING.split(' ').includes(id))
  const result = await run({
    scenarios: wanted,
    settings,
    command: '',
    signal: new AbortController().signal,
    machineEnv: machineEnvironment(process.env),
    progress: { step: () => undefined, clear: () => undefined, stop: () => undefined },
    onProgress: () => undefined,
    onScenario: () => undefined,
  })
  expect(result.missing).toEqual([])
  expect(wanted).toHaveLength(LOADING.split(' ').length)

  const byKind = new Map<string, LoadOrder[]>()
  for (const [order] of sent.mock.calls) {
    byKind.set(kind(order), [...(byKind.get(kind(order)) ?? []), order])
  }
  expect(byKind.size).toBeGreaterThan(wanted.length)
  for (const [what, orders] of byKind) {
    const [warmUp, ...measured] = orders
    expect(warmUp?.amount, what).toBeGreaterThan(0)
    expect(measured.length, what).toBeGreaterThan(0)
  }
}, 300_000)

/** Which server was sent what. */
function kind({ origin, requests, chain }: LoadOrder): string {
  const [first] = requests
  const names = Object.keys(first?.headers ?? {})
  return `${origin} ${first?.method} ${first?.path} ${names.join()} ${chain ?? ''}`
}
