import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'

export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

/** A request and its answer, with what both weighed. */
export interface Exchange {
  readonly method: string
  readonly url: string
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly requestBody?: string | undefined
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Bytes of the HTTP message that was sent, headers included; with https, before encryption. */
  readonly sentBytes: number
  /** The same of the answer. */
  readonly receivedBytes: number
}

/** A request that got no answer, or none that could be read. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
  readonly request: HttpRequest
  /** Of `node:net` or `node:tls` (`ECONNREFUSED`, …), where they know one. */
  readonly code: string | undefined
  /** The server was there, and took too long. */
  readonly isTimeout: boolean

  constructor(request: HttpRequest, cause: unknown, isTimeout = false) {
    const { message, code } = cause as NodeJS.ErrnoException
    // Two addresses that both refuse come as one error without a message.
    super(message || code || String(cause), { cause })
    this.request = request
    this.code = code
    this.isTimeout = isTimeout
  }
}

/** Longer than any server of the contract takes, with the dearest password hash. */
const ANSWER_WITHIN_MS = 15_000
/** No answer of the contract comes near it. */
const MAX_BODY_BYTES = 1024 * 1024

/**
 * Sends one request on a connection of its own, so that every byte on it belongs to this exchange.
 *
 * @param withinMs milliseconds from the start to the last byte of the answer
 * @throws {NoAnswer}
 */
export async function exchange(
  request: HttpRequest,
  withinMs: number = ANSWER_WITHIN_MS,
): Promise<Exchange> {
  const signal = AbortSignal.timeout(withinMs)
  try {
    return await send(request, signal)
  } catch (error) {
    if (!signal.aborted) throw new NoAnswer(request, error)
    throw new NoAnswer(request, new Error(`no answer within ${withinMs / 1000} s`), true)
  }
}

async function send(request: HttpRequest, signal: AbortSignal): Promise<Exchange> {
  const { method, url, headers, body } = request
  const { request: open, Agent } = url.startsWith('https:') ? https : http
  let socket: Socket | undefined
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const agent = new Agent({ keepAlive: false })
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const outgoing = open(url, { method, headers: { ...headers, ...length }, agent, signal })
    outgoing.on('socket', (it) => (socket = it))
    outgoing.on('response', resolve)
    outgoing.on('error', reject)
    outgoing.end(body)
  })
  const text = await textOf(response)
  return {
    method,
    url,
    requestHeaders: headers,
    requestBody: body,
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: text,
    sentBytes: socket?.bytesWritten ?? 0,
    receivedBytes: socket?.bytesRead ?? 0,
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    chunks.push(chunk as Buffer)
    size += (chunk as Buffer).length
    if (size > MAX_BODY_BYTES) throw new Error(`a body of over ${MAX_BODY_BYTES} bytes`)
  }
  return Buffer.concat(chunks).toString()
}

/** The body as JSON; undefined if it is none. */
export function jsonOf({ body }: Exchange): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
