import { performance } from 'node:perf_hooks'
import type { Middleware } from 'koa'

export const CALL_KINDS = ['sql', 'redis', 'hash', 'sign'] as const

/** What a call cost: a statement, a command, a password hash, a signature made or checked. */
export type CallKind = (typeof CALL_KINDS)[number]

/** One call to a store or to cryptography, in milliseconds since the request began. */
export interface TracedCall {
  readonly kind: CallKind
  readonly operation: string
  readonly args: readonly unknown[]
  readonly startMs: number
  readonly durationMs: number
  readonly failed: boolean
}

/** Everything that one request called, in the order in which the calls ended. */
export class RequestTrace {
  readonly startedAt: number = performance.now()
  readonly calls: TracedCall[] = []

  record(call: Omit<TracedCall, 'startMs' | 'durationMs'>, startedAt: number): void {
    const startMs = startedAt - this.startedAt
    this.calls.push({ ...call, startMs, durationMs: performance.now() - startedAt })
  }

  get elapsedMs(): number {
    return performance.now() - this.startedAt
  }

  /**
   * The `Server-Timing` header: for each kind the number of calls (`desc`, a number) and their
   * milliseconds (`dur`). Calls that ran side by side are added up.
   */
  serverTiming(): string {
    const entries = CALL_KINDS.map((kind) => {
      const calls = this.calls.filter((call) => call.kind === kind)
      const duration = calls.reduce((sum, call) => sum + call.durationMs, 0)
      return `${kind};desc="${calls.length}";dur=${duration.toFixed(3)}`
    })
    return [...entries, `total;dur=${this.elapsedMs.toFixed(3)}`].join(', ')
  }
}

/** Makes the ports of one request: recording in its trace, or as they are when there is none. */
export type PortsFor<Ports> = (trace: RequestTrace | undefined) => Ports

/** What a finished request tells; see {@link requestTrace}. */
export type TraceListener = (trace: RequestTrace, exchange: TracedExchange) => void

export interface TracedExchange {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly requestHeaders: Readonly<Record<string, string | string[] | undefined>>
  readonly responseHeaders: Readonly<Record<string, number | string | string[] | undefined>>
}

export interface RequestTraceOptions<Ports> {
  readonly ports: PortsFor<Ports>
  /** Send `Server-Timing`. */
  readonly serverTiming: boolean
  readonly onFinished?: TraceListener | undefined
}

/**
 * First stop of every request: gives it its ports, `ctx.ports`. The trace is handed down by that field
 * rather than by AsyncLocalStorage, which makes every promise of a request dearer; when nobody
 * wants a trace, all requests share one set of ports and this costs an assignment.
 */
export function requestTrace<Ports>(
  options: RequestTraceOptions<Ports>,
): Middleware<object, { ports: Ports }> {
  const { ports, serverTiming, onFinished } = options
  if (!serverTiming && !onFinished) {
    const untraced = ports(undefined)
    return (ctx, next) => {
      ctx.ports = untraced
      return next()
    }
  }
  return async (ctx, next) => {
    const trace = new RequestTrace()
    ctx.ports = ports(trace)
    await next()
    if (serverTiming) ctx.set('Server-Timing', trace.serverTiming())
    onFinished?.(trace, {
      method: ctx.method,
      path: ctx.path,
      status: ctx.status,
      requestHeaders: ctx.headers,
      responseHeaders: ctx.response.headers,
    })
  }
}
