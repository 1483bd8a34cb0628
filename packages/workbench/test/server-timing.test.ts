import { RequestTrace } from '@session-vs-jwt/request-trace'
import { expect, it } from 'vitest'
import { readServerTiming } from '../src/index.js'

it('reads what the servers write', () => {
  const trace = new RequestTrace()
  const call = { operation: 'x', args: [], failed: false }
  for (const kind of ['sql', 'sql', 'hash'] as const)
    trace.record({ kind, ...call }, performance.now() - 5)
  const costs = readServerTiming(trace.serverTiming())
  expect(costs).toMatchObject({ sql: 2, redis: 0, signMs: 0 })
  expect(costs?.hashMs).toBeGreaterThanOrEqual(5)
})

it.each([undefined, '', 'db;dur=3', 'cache;desc="Cache Read";dur=23.2'])(
  'makes nothing of %s',
  (header) => {
    expect(readServerTiming(header)).toBeUndefined()
  },
)
