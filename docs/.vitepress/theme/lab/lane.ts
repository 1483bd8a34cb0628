import type { ServerKind } from '@session-vs-jwt/http-contract'
import type { TraceEvent } from '@session-vs-jwt/request-trace'
import { reactive } from 'vue'

/** One half of an exchange, as it went over the wire. */
export interface Message {
  /** The request line, or the status line. */
  readonly start: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** A request that was sent, and all that is known of what it did. */
export interface Exchange {
  readonly id: number
  readonly action: string
  readonly by: 'you' | 'thief'
  /** What the browser asked before; it does so once in ten minutes, so mostly there is none. */
  readonly preflight?: Preflight
  readonly request: Message
  /** Undefined where nobody answered. */
  readonly response?: Message
  readonly status: number
  readonly failure?: string
  /** What the server called to answer. Undefined where its event did not arrive. */
  readonly trace?: TraceEvent
}

export interface Preflight {
  readonly request: Message
  readonly response: Message
}

export interface Tokens {
  readonly accessToken?: string
  readonly refreshToken?: string
}

/** What a lane has cost so far. */
export interface Sum {
  requests: number
  preflights: number
  sql: number
  redis: number
  hashMs: number
  signMs: number
  sentBytes: number
  receivedBytes: number
}

/** One of the two servers, and what this page has done with it. */
export interface Lane {
  readonly server: ServerKind
  readonly name: string
  /** Empty until the workbench has said where the server is. */
  url: string
  strategy: string
  state: string
  /** Id of the user who is logged in here, so far as this page knows. */
  userId: string
  /** Where the page keeps tokens. A cookie is the browser's to keep. */
  tokens: Tokens
  /** The strategy under which the credential was given; empty where there is none. */
  heldUnder: string
  /** The cookie as the browser keeps it; known from the trace, this page cannot read it. */
  cookie: string
  exchanges: Exchange[]
  /** The exchange that is shown. */
  shown: number
  busy: boolean
  sum: Sum
}

export const emptySum = (): Sum => ({
  requests: 0,
  preflights: 0,
  sql: 0,
  redis: 0,
  hashMs: 0,
  signMs: 0,
  sentBytes: 0,
  receivedBytes: 0,
})

function newLane(server: ServerKind, name: string): Lane {
  return reactive({
    server,
    name,
    url: '',
    strategy: '',
    state: '',
    userId: '',
    tokens: {},
    heldUnder: '',
    cookie: '',
    exchanges: [],
    shown: -1,
    busy: false,
    sum: emptySum(),
  })
}

export const lanes: Readonly<Record<ServerKind, Lane>> = {
  session: newLane('session', 'Session'),
  jwt: newLane('jwt', 'JWT'),
}

export const both: readonly Lane[] = [lanes.session, lanes.jwt]

/** Whether there is a credential, so far as this page knows. */
export function holdsAnything({ server, cookie, tokens }: Lane): boolean {
  return server === 'session' ? cookie !== '' : tokens.accessToken !== undefined
}

/** Bytes of a message in HTTP/1.1, head and body. */
export function bytesOf(message: Message | undefined): number {
  return message ? new TextEncoder().encode(textOf(message)).length : 0
}

function textOf({ start, headers, body }: Message): string {
  const head = [start, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\r\n')
  return `${head}\r\n\r\n${body}`
}
