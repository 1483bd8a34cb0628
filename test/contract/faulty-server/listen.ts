import { once } from 'node:events'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { Problem, PROBLEM_MEDIA_TYPE, type ProblemCode } from './problem.js'

export interface RunningServer {
  readonly url: string
  stop(): Promise<void>
}

const REQUEST_TIMEOUT_MS = 4_500

/**
 * Listens on this machine only; port 0 is any free one. What Node refuses below HTTP is answered as
 * problem+json too.
 */
export async function listen(handler: RequestListener, port: number): Promise<RunningServer> {
  const limits = {
    maxHeaderSize: 16 * 1024,
    headersTimeout: REQUEST_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: 400,
    requireHostHeader: false,
  }
  const server = createServer(limits, (request, response) => {
    if (request.headers.host === undefined) refuse(response, 'malformed_request')
    else handler(request, response)
  })
  server.on('clientError', answerClientError)
  server.on('checkExpectation', (_request, response) => refuse(response, 'expectation_failed'))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function headersOf(body: string): Record<string, string> {
  return {
    'Content-Type': PROBLEM_MEDIA_TYPE,
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    Connection: 'close',
  }
}

function refuse(response: ServerResponse, code: ProblemCode): void {
  const problem = new Problem(code)
  const body = JSON.stringify(problem)
  response.writeHead(problem.status, headersOf(body)).end(body)
}

const CLIENT_ERRORS: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}

function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const problem = new Problem(CLIENT_ERRORS[error.code ?? ''] ?? 'malformed_request')
  const body = JSON.stringify(problem)
  const head = Object.entries(headersOf(body)).map(([name, value]) => `${name}: ${value}\r\n`)
  const answer = `HTTP/1.1 ${problem.status} ${problem.code}\r\n${head.join('')}\r\n${body}`
  socket.end(answer, () => socket.destroy())
}
