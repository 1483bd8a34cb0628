import type { CallKind } from '@session-vs-jwt/request-trace'
import { type Calls, sumOf, tally } from './calls.js'
import { expectedLookups, type Lookups } from './expected-lookups.js'
import type { Measured, TracedRequest, Watched } from './measure.js'

/**
 * How a load differs from what is expected, for people; undefined if it does not. Every answer and
 * every trace must say what is expected, and the stores as much for all of them together.
 */
export function mismatch(
  measured: Measured,
  status: number,
  { label, strategy }: Pick<Watched, 'label' | 'strategy'>,
): string | undefined {
  const { endpoint, requests, statuses, timings, counted } = measured
  const expected = expectedLookups(endpoint, label, strategy.server)
  const all = text({ sql: expected.sql * requests, redis: expected.redis * requests })
  const stores = text({ sql: sumOf(counted.sql), redis: sumOf(counted.redis) })
  const traced = tally(measured.traces.map(lookupsIn))
  const onTheWire = tally(timings.map(text))
  const isUniform = (it: Calls): boolean => it.size === 1 && it.get(text(expected)) === requests
  const witnesses = isUniform(traced) && isUniform(onTheWire) && stores === all
  if (witnesses && statuses.get(String(status)) === requests) return undefined
  return `${endpoint} under ${label}, ${requests} requests:
  expected     ${status}, each ${text(expected)}; all ${all}
  answered     ${list(statuses)}
  traced       ${list(traced)}
  on the wire  ${list(onTheWire)}
  counted      ${stores}
  the trace saw   ${list(tally(measured.traces.flatMap(operationsIn)))}
  PostgreSQL saw  ${list(counted.sql)}
  Redis saw       ${list(counted.redis)}`
}

function lookupsIn({ calls }: TracedRequest): string {
  const count = (wanted: CallKind): number => calls.filter(({ kind }) => kind === wanted).length
  return text({ sql: count('sql'), redis: count('redis') })
}

function operationsIn({ calls }: TracedRequest): string[] {
  const lookups = calls.filter(({ kind }) => kind === 'sql' || kind === 'redis')
  return lookups.map(({ operation }) => operation)
}

function text({ sql, redis }: Lookups): string {
  return `${sql} SQL, ${redis} Redis`
}

function list(calls: Calls): string {
  const named = [...calls].map(([name, n]) => [name.replaceAll(/\s+/g, ' ').trim(), n] as const)
  const sorted = named.toSorted(([a], [b]) => (a < b ? -1 : 1))
  return sorted.map(([name, n]) => `${n} × ${name}`).join('; ') || 'nothing'
}
