import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  ServerResponse,
} from 'node:http'
import net from 'node:net'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Problem, PROBLEM_MEDIA_TYPE, type ProblemCode } from '@session-vs-jwt/http-contract'

export interface ListenOptions {
  readonly host: string
  readonly port: number
  /** Multiplies the time that a client has for its request. Only tests on a busy machine set it. Default 1. */
  readonly timeoutFactor?: number
}

export interface RunningServer {
  readonly url: string
  /**
   * Goes down without losing a request: is not ready any more, takes no new connection, says so in
   * every answer, lets the others finish, and cuts what is still open after `graceMs` (default 8,000).
   */
  drain(graceMs?: number): Promise<void>
}

/** A client has this long for the headers, and for the whole request. */
const REQUEST_TIMEOUT_MS = 4_500

/** Connections that are idle when draining begins get this long to send what is on its way. */
const IDLE_GRACE_MS = 1_000

/** How often Node looks for connections that are over their time. */
const CHECK_INTERVAL_MS = 400

/**
 * Starts to listen. The handler is asked for with `draining`, so that health can tell.
 *
 * @throws {Error} of `net.Server` (`EADDRINUSE`, `EACCES`, …)
 */
export async function listen(
  makeHandler: (draining: () => boolean) => RequestListener,
  { host, port, timeoutFactor = 1 }: ListenOptions,
): Promise<RunningServer> {
  const requestTimeoutMs = REQUEST_TIMEOUT_MS * timeoutFactor
  let draining = false
  let closing = false
  const handler = makeHandler(() => draining)
  const server = createServer(
    {
      maxHeaderSize: 16 * 1024,
      headersTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      keepAliveTimeout: 5_000,
      // Refused below, in the form of every other refusal.
      requireHostHeader: false,
      ServerResponse: lastAnswers(() => closing),
    },
    (request, response) => {
      if (isAmbiguous(request)) refuse(response, 'malformed_request')
      else handler(request, response)
    },
  )
  server.on('clientError', answerClientError)
  server.on('checkExpectation', (_request, response) => refuse(response, 'expectation_failed'))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    url: urlOf(server.address() as AddressInfo),
    drain: async (graceMs = 8_000) => {
      draining = true
      await untilNoneWaits(server)
      // Not earlier: who is told to use another connection would dial this server again, and be cut.
      closing = true
      await closeGently(server, graceMs)
    },
  }
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

/** Fields that may stand once (RFC 9110, section 5.3); Node keeps the first and drops the others. */
const ONCE: ReadonlySet<string> = new Set(['host', 'authorization', 'content-type'])
const LENGTHS: ReadonlySet<number> = new Set([...ONCE].map((name) => name.length))

/**
 * A request without a host, or with two (RFC 9112, section 3.2). Nor may it say twice who sends it and what:
 * a proxy in front of this server may have believed the other one.
 */
function isAmbiguous({ headers, rawHeaders }: IncomingMessage): boolean {
  if (headers.host === undefined) return true
  const seen: string[] = []
  // Names and values in turn. Few names are as long as one of the three: the others are not looked at.
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const raw = rawHeaders[at] as string
    if (!LENGTHS.has(raw.length)) continue
    const name = raw.toLowerCase()
    if (!ONCE.has(name)) continue
    if (seen.includes(name)) return true
    seen.push(name)
  }
  return false
}

/**
 * Answers that tell the client, while the server is closing, to send its next request on another
 * connection: also those whose requests came before that.
 */
function lastAnswers(closing: () => boolean): typeof ServerResponse {
  return class<Request extends IncomingMessage> extends ServerResponse<Request> {
    override writeHead(...args: never[]): this {
      if (closing() && !this.headersSent) this.setHeader('Connection', 'close')
      return (super.writeHead as (...args: unknown[]) => this)(...args)
    }
  }
}

/** For this long connections are still taken that arrive one after the other. */
const LAST_ARRIVALS_MS = 1_000

/**
 * The kernel has taken connections that Node has not seen yet, and closing would cut them. Node takes
 * one in each turn of its loop: after turns in which it took none, there are none.
 */
async function untilNoneWaits(server: Server): Promise<void> {
  const givesUpAt = performance.now() + LAST_ARRIVALS_MS
  let quietTurns = 0
  const arrived = (): void => void (quietTurns = 0)
  server.on('connection', arrived)
  while (quietTurns < 3 && performance.now() < givesUpAt) {
    quietTurns += 1
    await nextTurn()
  }
  server.off('connection', arrived)
}

/**
 * `http.Server.close` would cut idle connections at once, and with them a request that is on its way.
 * `net.Server.close` only stops new ones.
 */
async function closeGently(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    net.Server.prototype.close.call(server, () => resolve())
  })
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_GRACE_MS)
  const late = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearInterval(idle)
  clearTimeout(late)
}

const CLIENT_ERRORS: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}

/** What is refused here has not come as far as the headers that every other answer gets. */
function refusalHeaders(body: string): Record<string, string> {
  return {
    'Content-Type': PROBLEM_MEDIA_TYPE,
    'Content-Length': String(Buffer.byteLength(body)),
    'Content-Security-Policy': "default-src 'none';frame-ancestors 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    Connection: 'close',
  }
}

function refuse(response: ServerResponse, code: ProblemCode): void {
  const problem = new Problem(code)
  const body = JSON.stringify(problem)
  response.writeHead(problem.status, refusalHeaders(body)).end(body)
}

/** What Node refuses before there is a request is answered in the same form as everything else. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const problem = new Problem(CLIENT_ERRORS[error.code ?? ''] ?? 'malformed_request')
  const body = JSON.stringify(problem)
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${problem.code}`,
      ...Object.entries(refusalHeaders(body)).map(([name, value]) => `${name}: ${value}`),
      '',
      body,
    ].join('\r\n'),
    () => socket.destroy(),
  )
}
