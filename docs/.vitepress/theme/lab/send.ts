import type { TraceEvent } from '@session-vs-jwt/request-trace'
import { account, type Account } from './account.js'
import { accountFor, type Action, authorization } from './actions.js'
import {
  bytesOf,
  type Exchange,
  holdsAnything,
  type Lane,
  type Message,
  type Preflight,
} from './lane.js'
import { eventsSoFar, preflightSince, traceOf } from './workbench.js'

const KEPT_EXCHANGES = 40

/** Sends one action to one lane from this very browser, and keeps what came of it. */
export async function send(lane: Lane, action: Action): Promise<Exchange> {
  lane.busy = true
  try {
    const exchange = await exchanged(lane, action, accountFor(lane, account))
    keep(lane, exchange)
    return exchange
  } finally {
    lane.busy = false
  }
}

/** Shows an exchange in its lane, and adds it to the lane's sum. */
export function keep(lane: Lane, exchange: Exchange): void {
  takeCredential(lane, exchange)
  lane.exchanges.push(exchange)
  lane.exchanges.splice(0, lane.exchanges.length - KEPT_EXCHANGES)
  lane.shown = exchange.id
  const { sum } = lane
  const { trace, preflight } = exchange
  sum.requests += 1
  sum.preflights += preflight ? 1 : 0
  sum.sql += callsOf(trace, 'sql')
  sum.redis += callsOf(trace, 'redis')
  sum.hashMs += msOf(trace, 'hash')
  sum.signMs += msOf(trace, 'sign')
  sum.sentBytes += sentBytes(exchange)
  sum.receivedBytes += receivedBytes(exchange)
}

/** Of a request, and of the preflight before it. */
export function sentBytes(exchange: Exchange | undefined): number {
  return bytesOf(exchange?.request) + bytesOf(exchange?.preflight?.request)
}

export function receivedBytes(exchange: Exchange | undefined): number {
  return bytesOf(exchange?.response) + bytesOf(exchange?.preflight?.response)
}

type Kind = TraceEvent['calls'][number]['kind']

export function callsOf(trace: TraceEvent | undefined, kind: Kind): number {
  return trace?.calls.filter((it) => it.kind === kind).length ?? 0
}

/** Milliseconds that the calls of one kind took together. */
export function msOf(trace: TraceEvent | undefined, kind: Kind): number {
  const calls = trace?.calls.filter((it) => it.kind === kind) ?? []
  return calls.reduce((sum, { durationMs }) => sum + durationMs, 0)
}

let lastId = Date.now()

/** Ids grow over a reload too. */
export function nextId(): number {
  return (lastId += 1)
}

async function exchanged(lane: Lane, action: Action, user: Account): Promise<Exchange> {
  const { method, path } = action
  const body = action.body ? JSON.stringify(action.body(user)) : ''
  const credential = authorization(action.use, lane, user)
  const headers = {
    accept: 'application/json',
    ...(credential !== undefined && { authorization: credential }),
    ...(body && { 'content-type': 'application/json' }),
  }
  const sent = { id: nextId(), action: action.label, by: 'you' as const }
  const start = `${method} ${path} HTTP/1.1`
  const moment = eventsSoFar()
  const asSent: Message = { start, headers: Object.entries(headers), body }
  try {
    const answer = await fetch(lane.url + path, {
      method,
      headers,
      credentials: lane.server === 'session' ? 'include' : 'omit',
      ...(body && { body }),
    })
    const text = await answer.text()
    const trace = await traceOf(lane.server, answer.headers.get('server-timing'))
    const preflight = preflightSince(moment, lane.server, path)
    return {
      ...sent,
      ...(preflight && { preflight: preflightOf(preflight) }),
      request: trace ? { start, headers: listed(trace.requestHeaders), body } : asSent,
      response: {
        start: statusLine(answer.status, answer.statusText),
        headers: trace ? listed(trace.responseHeaders) : [...answer.headers],
        body: text,
      },
      status: answer.status,
      ...(trace && { trace }),
    }
  } catch (error) {
    return { ...sent, request: asSent, status: 0, failure: (error as Error).message }
  }
}

function preflightOf({ path, status, requestHeaders, responseHeaders }: TraceEvent): Preflight {
  return {
    request: { start: `OPTIONS ${path} HTTP/1.1`, headers: listed(requestHeaders), body: '' },
    response: { start: statusLine(status), headers: listed(responseHeaders), body: '' },
  }
}

function statusLine(status: number, text = ''): string {
  return `HTTP/1.1 ${status} ${text}`.trimEnd()
}

export function listed(headers: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((it): [string, string] => [name, String(it)]),
  )
}

/** Does with an answer what a client does: tokens go where the page keeps them, the rest is noted. */
function takeCredential(lane: Lane, { by, response, status }: Exchange): void {
  if (by !== 'you' || !response) return
  const json = parsed(response.body)
  const { accessToken, refreshToken, user } = json as Record<string, unknown>
  if (status < 300) {
    lane.tokens = {
      ...lane.tokens,
      ...(typeof accessToken === 'string' && { accessToken }),
      ...(typeof refreshToken === 'string' && { refreshToken }),
    }
    const { id } = (user ?? {}) as { id?: string }
    if (id) lane.userId = id
  }
  for (const [name, value] of response.headers) {
    if (name === 'set-cookie') lane.cookie = /^[^=]+=;/.test(value) ? '' : value
  }
  if (!holdsAnything(lane)) lane.heldUnder = ''
  else if (status < 300) lane.heldUnder = lane.strategy
}

export function parsed(text: string): object {
  try {
    return (JSON.parse(text) as object | null) ?? {}
  } catch {
    return {}
  }
}
