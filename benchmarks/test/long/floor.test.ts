import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { machineEnvironment, strategyById } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Bench as BenchType } from '../../runner/bench.js'
import type { Settings } from '../../runner/settings.js'

// The built code, because it starts built programs.
const { Bench } = await import('../../dist/runner/bench.js')
const { ofProgram, ofStrategy, requestsOf } = await import('../../dist/subjects/identity-server.js')

const strategies = (['session-redis', 'jwt-rotating'] as const).map(strategyById)
const folder = mkdtempSync(join(tmpdir(), 'bench-floor-'))
let bench: BenchType

beforeAll(() => {
  const settings = { quick: true, strategies, peers: [], urls: [], seed: 1 } as unknown as Settings
  bench = new Bench(settings, {
    folder,
    signal: new AbortController().signal,
    machineEnv: machineEnvironment(process.env),
    onProgress: () => undefined,
  })
})

afterAll(async () => {
  await bench.stop()
  rmSync(folder, { recursive: true })
})

const floors = ['bare-http', 'bare-koa'].map((id) => {
  return ofProgram({ id, title: id, file: `floor/${id}.js` }, false)
})

it('sends a floor credentials of the servers that are compared with it', async () => {
  const expected = []
  for (const strategy of strategies) {
    const [request] = await requestsOf(
      await ofStrategy(strategy).start(bench),
      { hasUsers: true },
      1,
    )
    expected.push(shapeOf(request?.headers))
  }
  expect(expected.map(([name]) => name)).toEqual(['cookie', 'authorization'])
  for (const floor of floors) {
    const started = await floor.start(bench)
    const requests = await requestsOf(started, floor, 100)
    await started.stop()
    expect(requests.map(({ headers }) => shapeOf(headers))).toEqual(expected)
  }
}, 60_000)

/** The name of its only header, and its length. */
function shapeOf(headers: Readonly<Record<string, string>> = {}): [string, number] {
  const entries = Object.entries(headers)
  expect(entries).toHaveLength(1)
  const [name, value] = entries[0] ?? ['', '']
  return [name, value.length]
}
