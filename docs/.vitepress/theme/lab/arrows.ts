import type { ServerKind } from '@session-vs-jwt/http-contract'
import type { TraceEvent } from '@session-vs-jwt/request-trace'
import type { Exchange } from './lane.js'
import { stepOfAnswer, stepOfCall, stepOfRequest } from './theory.js'

/** A line in the diagram of an exchange, from one participant to another or to itself. */
export interface Arrow {
  readonly from: Participant
  readonly to: Participant
  readonly text: string
  /** Milliseconds that it took, where it was measured. */
  readonly ms?: number
  readonly failed?: boolean
  /** The step of the theory that it is; undefined for what is none. */
  readonly step?: number
}

export type Participant = 'browser' | 'server' | 'redis' | 'postgres'

type Call = TraceEvent['calls'][number]

/** What really happened, in the order in which it began. */
export function arrowsOf(server: ServerKind, exchange: Exchange): Arrow[] {
  const { request, response, trace, status } = exchange
  const [first = ''] = request.start.split(' HTTP')
  const path = first.split(' ')[1] ?? ''
  const carried = request.headers.find(([name]) => name === 'authorization' || name === 'cookie')
  const sent = carried ? `${first} · ${carriedBy(carried[1], carried[0])}` : first
  const calls = (trace?.calls ?? []).toSorted((a, b) => a.startMs - b.startMs)
  return [
    ...preflightArrows(exchange),
    {
      from: 'browser',
      to: 'server',
      text: sent,
      ...numbered(stepOfRequest(server, path, !!carried)),
    },
    ...calls.map((call) => arrowOf(call, stepOfCall(path, call))),
    {
      from: 'server',
      to: 'browser',
      text: response ? answered(server, exchange) : 'no answer',
      failed: !response || status >= 400,
      ...(trace && { ms: trace.durationMs }),
      ...numbered(stepOfAnswer(path, status, !!carried)),
    },
  ]
}

/** The browser asks before it sends what no form could send (Fetch standard, CORS preflight). */
function preflightArrows({ preflight }: Exchange): Arrow[] {
  if (!preflight) return []
  const { request, response } = preflight
  const [first = ''] = request.start.split(' HTTP')
  const [, status = ''] = response.start.split(' ')
  return [
    { from: 'browser', to: 'server', text: `${first} · preflight` },
    { from: 'server', to: 'browser', text: `${status} · this page may`, failed: status >= '300' },
  ]
}

function numbered(step: number | undefined): { step?: number } {
  return step === undefined ? {} : { step }
}

function carriedBy(value: string, name: string): string {
  return name === 'cookie' ? 'Cookie' : `${value.split(' ')[0] ?? ''} …`
}

function arrowOf(call: Call, step: number | undefined): Arrow {
  const { kind, durationMs, failed } = call
  const to = kind === 'sql' ? 'postgres' : kind === 'redis' ? 'redis' : 'server'
  return { from: 'server', to, text: textOf(call), ms: durationMs, failed, ...numbered(step) }
}

function textOf({ kind, operation, args }: Call): string {
  if (kind === 'hash') return `bcrypt: ${operation} the password`
  if (kind === 'redis') return [operation, args[0] ?? ''].join(' ').trim()
  if (kind !== 'sign') return operation
  // Of a signed cookie, `index` finds the key that has signed it.
  return `${operation === 'index' ? 'verify' : operation} the signature`
}

function answered(server: ServerKind, { response, status }: Exchange): string {
  const cookie = response?.headers.find(([name]) => name === 'set-cookie')?.[1]
  if (cookie) return `${status} · Set-Cookie${/^[^=]+=;/.test(cookie) ? ' (removed)' : ''}`
  const tokens = server === 'jwt' ? [...(response?.body.matchAll(/"(\w+Token)"/g) ?? [])] : []
  return [status, ...tokens.map((it) => it[1])].join(' · ')
}
