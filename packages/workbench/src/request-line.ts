import type { TraceEvent } from '@session-vs-jwt/request-trace'

/**
 * A request, who answered it, and what it cost, in a line: `session  POST /auth/login/email  200  1 SQL · hash 212 ms`.
 */
export function requestLine(instance: string, event: TraceEvent): string {
  const { method, path, status, calls } = event
  const of = (kind: string): TraceEvent['calls'] => calls.filter((call) => call.kind === kind)
  const costs = [
    ...(of('sql').length > 0 ? [`${of('sql').length} SQL`] : []),
    ...(of('redis').length > 0 ? [`${of('redis').length} Redis`] : []),
    ...['hash', 'sign'].flatMap((kind) => duration(kind, of(kind))),
  ]
  const request = `${method} ${printable(path)}`.padEnd(28)
  return `${instance.padEnd(/\d$/.test(instance) ? 9 : 7)}  ${request}  ${status}  ${costs.join(' · ')}`.trimEnd()
}

function duration(kind: string, calls: TraceEvent['calls']): string[] {
  if (calls.length === 0) return []
  const ms = calls.reduce((sum, call) => sum + call.durationMs, 0)
  return [`${kind} ${ms.toFixed(ms < 10 ? 1 : 0)} ms`]
}

/** A path comes from whoever sends the request: it must not steer the terminal. */
function printable(path: string): string {
  return path.slice(0, 200).replaceAll(/[^\x20-\x7e]/g, '?')
}
