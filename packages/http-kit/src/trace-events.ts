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
  const header = detail === 'whole' ? asIs : maskHeader
  const argument = detail === 'whole' ? asIs : maskArgument
  return (trace, exchange) =>
    send({
      type: 'request',
      server,
      endedAt: new Date().toISOString(),
      durationMs: trace.elapsedMs,
      ...exchange,
      requestHeaders: mapValues(exchange.requestHeaders, header),
      responseHeaders: mapValues(exchange.responseHeaders, header),
      calls: trace.calls.map(({ args, ...call }) => ({
        ...call,
        args: args.map((arg, index) =>
          argument(String(index), String(arg)).slice(0, MAX_ARG_LENGTH),
        ),
      })),
    })
}

function asIs<T>(_name: string, value: T): T {
  return value
}

const MASKS: Readonly<Record<string, (value: string) => string>> = {
  authorization: (value) => `${/^(basic|bearer) /i.exec(value)?.[0] ?? ''}***`,
  cookie: (value) => value.split(';').map(maskCookie).join(';'),
  'set-cookie': (value) => value.replace(/^[^;]*/, maskCookie),
}

type HeaderValue = number | string | string[] | undefined

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
function maskArgument(index: string, value: string): string {
  const name = /^[a-z][a-z-]*(?=:)/.exec(value)?.[0]
  return index === '0' && name ? `${name}:***` : '***'
}

function mapValues<T>(
  record: Readonly<Record<string, T>>,
  map: (name: string, value: T) => unknown,
): Record<string, never> {
  const entries = Object.entries(record).map(([name, value]) => [name, map(name, value)])
  return Object.fromEntries(entries)
}
