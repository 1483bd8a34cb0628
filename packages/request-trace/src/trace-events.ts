import type { TracedExchange, TraceListener } from './request-trace.js'

/** What a server tells its parent process of each request. */
export interface TraceEvent extends TracedExchange {
  readonly type: 'request'
  readonly server: string
  readonly endedAt: string
  readonly durationMs: number
  readonly calls: readonly {
    readonly kind: string
    readonly operation: string
    readonly args: readonly string[]
    readonly startMs: number
    readonly durationMs: number
    readonly failed: boolean
  }[]
}

/** `masked` hides credentials and keys; `whole` is for a workbench on loopback. */
export type TraceDetail = 'masked' | 'whole'

/** Arguments are shown up to this length: enough for a session, too short for a flood. */
const MAX_ARG_LENGTH = 400

/** Makes an event of each finished request and hands it to `send`. */
export function traceEvents(
  server: string,
  detail: TraceDetail,
  send: (event: TraceEvent) => void,
): TraceListener {
  const show = detail === 'whole' ? { headers: asIs, argument: asIs } : MASKED
  return (trace, exchange) =>
    send({
      type: 'request',
      server,
      endedAt: new Date().toISOString(),
      durationMs: trace.elapsedMs,
      method: exchange.method,
      path: exchange.path,
      status: exchange.status,
      requestHeaders: show.headers(exchange.requestHeaders),
      responseHeaders: show.headers(exchange.responseHeaders),
      calls: trace.calls.map(({ kind, operation, args, startMs, durationMs, failed }) => ({
        kind,
        operation,
        args: args.map((arg, index) => show.argument(String(arg), index).slice(0, MAX_ARG_LENGTH)),
        startMs,
        durationMs,
        failed,
      })),
    })
}

function asIs<T>(value: T): T {
  return value
}

const MASKS: Readonly<Record<string, (value: string) => string>> = {
  authorization: (value) => `${/^(basic|bearer) /i.exec(value)?.[0] ?? ''}***`,
  cookie: (value) => value.split(';').map(maskCookie).join(';'),
  'set-cookie': (value) => value.replace(/^[^;]*/, maskCookie),
}

type HeaderValue = number | string | string[] | undefined
type Headers = Readonly<Record<string, HeaderValue>>

const MASKED = { headers: maskHeaders, argument: maskArgument }

function maskHeaders<T extends Headers>(headers: T): T {
  const entries = Object.entries(headers).map(([name, value]) => [name, maskHeader(name, value)])
  return Object.fromEntries(entries) as T
}

function maskHeader(name: string, value: HeaderValue): HeaderValue {
  const mask = MASKS[name]
  if (!mask || value === undefined) return value
  return Array.isArray(value) ? value.map(mask) : mask(String(value))
}

/** Keeps what can be the name of a cookie, and is too short for a token in a wrong place. */
function maskCookie(pair: string): string {
  return `${/^\s*[\w.-]{1,20}=/.exec(pair)?.[0] ?? ''}***`
}

/** A key keeps its name and loses what it belongs to; other arguments are hidden whole. */
function maskArgument(value: string, index: number): string {
  const name = /^[a-z][a-z-]*(?=:)/.exec(value)?.[0]
  return index === 0 && name ? `${name}:***` : '***'
}
