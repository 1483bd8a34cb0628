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
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Bytes of the HTTP message that was sent, headers included; with https, before encryption. */
  readonly sentBytes: number
  /** The same of the answer. */
  readonly receivedBytes: number
}

const ANSWER_WITHIN_MS = 15_000
/** No answer of the contract comes near it. */
const MAX_BODY_BYTES = 1024 * 1024

/**
 * Sends one request on a connection of its own, so that every byte on it belongs to this exchange.
 *
 * @throws {Error} of `node:net` (`ECONNREFUSED`, …), or one that says that no answer came in 15 s
 */
export async function exchange(request: HttpRequest): Promise<Exchange> {
  const { method, url, headers, body } = request
  const { request: open, Agent } = url.startsWith('https:') ? https : http
  let socket: Socket | undefined
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const agent = new Agent({ keepAlive: false })
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS)
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const outgoing = open(url, { method, headers: { ...headers, ...length }, agent, signal })
    outgoing.on('socket', (it) => (socket = it))
    outgoing.on('response', resolve)
    outgoing.on('error', (error) => reject(signal.aborted ? noAnswer() : error))
    outgoing.end(body)
  })
  const text = await textOf(response)
  return {
    method,
    url,
    requestHeaders: headers,
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

function noAnswer(): Error {
  return new Error(`no answer within ${ANSWER_WITHIN_MS / 1000} s`)
}

/** The body as JSON; undefined if it is none. */
export function jsonOf({ body }: Exchange): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
