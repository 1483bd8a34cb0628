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
    const { kind, operation, args, failed } = call
    const startMs = startedAt - this.startedAt
    const durationMs = performance.now() - startedAt
    this.calls.push({ kind, operation, args, startMs, durationMs, failed })
  }

  get elapsedMs(): number {
    return performance.now() - this.startedAt
  }

  /**
   * The `Server-Timing` header: for each kind the number of calls (`desc`, a number) and their
   * milliseconds (`dur`). Calls that ran side by side are added up.
   */
  serverTiming(): string {
    let header = ''
    for (const kind of CALL_KINDS) {
      let calls = 0
      let duration = 0
      for (const call of this.calls) {
        if (call.kind !== kind) continue
        calls += 1
        duration += call.durationMs
      }
      header += `${kind};desc="${calls}";dur=${duration === 0 ? '0.000' : duration.toFixed(3)}, `
    }
    return `${header}total;dur=${this.elapsedMs.toFixed(3)}`
  }
}

/** Makes the ports of one request: recording in its trace, or as they are when there is none. */
export type PortsFor<Ports> = (trace: RequestTrace | undefined) => Ports

/** How each of several ports is made for one request. */
export type PortMakers<Ports> = { readonly [Name in keyof Ports]: PortsFor<Ports[Name]> }

/**
 * Ports of which a traced request makes those that it uses. Without a trace there is one set for all
 * requests.
 */
export function portsWhenUsed<Ports extends object>(makers: PortMakers<Ports>): PortsFor<Ports> {
  class OfRequest {
    readonly trace: RequestTrace | undefined
    readonly made: Partial<Ports> = {}

    constructor(trace: RequestTrace | undefined) {
      this.trace = trace
    }
  }
  for (const name of Object.keys(makers) as (keyof Ports)[]) {
    Object.defineProperty(OfRequest.prototype, name, {
      get(this: OfRequest) {
        return (this.made[name] ??= makers[name](this.trace))
      },
    })
  }
  const shared = new OfRequest(undefined)
  return (trace) => (trace ? new OfRequest(trace) : shared) as unknown as Ports
}

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
