import type { ServerKind, TraceEvent } from '@session-vs-jwt/http-kit'
import type { Exchange } from './lane.js'

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

/** A login's life in numbered steps, which the course uses as well. */
export const steps: Readonly<Record<ServerKind, readonly string[]>> = {
  session: [
    'The browser sends email and password.',
    'The server reads the user and checks the password against its hash.',
    'The server makes a session under a random id, and stores it.',
    'The server sends the id as a cookie.',
    'The browser adds the cookie to every request, unasked.',
    'The server looks the session up by its id.',
    'The server answers, and knows who asked.',
  ],
  jwt: [
    'The browser sends email and password.',
    'The server reads the user and checks the password against its hash.',
    'The server signs two tokens, and remembers the refresh token’s family.',
    'The server sends the tokens in the body.',
    'The page adds the access token to every request, on purpose.',
    'The server verifies the signature; it looks nothing up, unless it keeps a denylist.',
    'The server answers, and knows who asked.',
  ],
}

type Call = TraceEvent['calls'][number]

/** What really happened, in the order in which it began. */
export function arrowsOf(server: ServerKind, exchange: Exchange): Arrow[] {
  const { request, response, trace } = exchange
  const isLogin = /^POST \/auth\/(login|register)/.test(request.start)
  const [first = ''] = request.start.split(' HTTP')
  const carries = request.headers.find(([name]) => name === 'authorization' || name === 'cookie')
  const sent = carries ? `${first} · ${carriedBy(carries[1], carries[0])}` : first
  const calls = (trace?.calls ?? []).toSorted((a, b) => a.startMs - b.startMs)
  return [
    { from: 'browser', to: 'server', text: sent, ...step(isLogin ? 1 : carries && 5) },
    ...calls.map((call) => arrowOf(call, stepOfCall(server, call, isLogin))),
    {
      from: 'server',
      to: 'browser',
      text: response ? answered(server, exchange) : 'no answer',
      failed: !response || exchange.status >= 400,
      ...(trace && { ms: trace.durationMs }),
      ...step(exchange.status < 300 ? (isLogin ? 4 : carries && 7) : undefined),
    },
  ]
}

function step(number: unknown): { step?: number } {
  return typeof number === 'number' ? { step: number } : {}
}

function carriedBy(value: string, name: string): string {
  return name === 'cookie' ? 'Cookie' : `${value.split(' ')[0] ?? ''} …`
}

function arrowOf(call: Call, number: number | undefined): Arrow {
  const { kind, operation, args, durationMs, failed } = call
  const to = kind === 'sql' ? 'postgres' : kind === 'redis' ? 'redis' : 'server'
  const text = kind === 'redis' ? [operation, args[0] ?? ''].join(' ').trim() : operation
  return {
    from: 'server',
    to,
    text:
      kind === 'hash'
        ? `bcrypt: ${operation} the password`
        : kind === 'sign'
          ? `${operation} the token`
          : text,
    ms: durationMs,
    failed,
    ...step(number),
  }
}

function stepOfCall(
  server: ServerKind,
  { kind, operation }: Call,
  isLogin: boolean,
): number | undefined {
  const isSession = /session/i.test(operation)
  const isFamily = /famil|token/i.test(operation)
  if (isLogin) {
    if (kind === 'hash' || /^SELECT id\b.*\bFROM users\b/i.test(operation)) return 2
    return isSession || isFamily || (server === 'jwt' && kind === 'sign') ? 3 : undefined
  }
  const looksUp = operation === 'GET' || operation === 'EXISTS' || /FROM sessions/i.test(operation)
  return kind === 'sign' || looksUp ? 6 : undefined
}

function answered(server: ServerKind, { response, status }: Exchange): string {
  const cookie = response?.headers.find(([name]) => name === 'set-cookie')?.[1]
  if (cookie) return `${status} · Set-Cookie${/^[^=]+=;/.test(cookie) ? ' (removed)' : ''}`
  const tokens = server === 'jwt' ? [...(response?.body.matchAll(/"(\w+Token)"/g) ?? [])] : []
  return [status, ...tokens.map((it) => it[1])].join(' · ')
}
