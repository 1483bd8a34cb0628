import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { createApp } from './app.js'
import { Problem, type ProblemCode } from './problem.js'

export interface ThirdServer {
  readonly url: string
  stop(): Promise<void>
}

/**
 * A server of the contract by somebody who knows nothing but the contract: session cookies, on another
 * framework than the two that the contract comes from. It listens on 127.0.0.1, on a free port unless
 * one is given.
 *
 * @throws {Error} of `net.Server` (`EADDRINUSE`, …)
 */
export async function startThirdServer({
  port = 0,
  bcryptCost = 12,
}: { port?: number; bcryptCost?: number } = {}): Promise<ThirdServer> {
  const server = createHttpServer(createApp(bcryptCost).fetch)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => stopServer(server),
  }
}

const LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 4_500,
  requestTimeout: 4_500,
  connectionsCheckingInterval: 400,
}

/** What never becomes a request is refused in the form of everything else. */
function createHttpServer(fetch: Parameters<typeof getRequestListener>[0]): Server {
  const listener = getRequestListener(fetch, {
    // The process may have other servers.
    overrideGlobalObjects: false,
    errorHandler: () => new Problem('malformed_request').toResponse(),
  })
  const server = createServer({ ...LIMITS, requireHostHeader: false }, (request, response) => {
    void listener(request, response)
  })
  server.on('checkExpectation', (_request, response: ServerResponse) => {
    const problem = new Problem('expectation_failed')
    response.writeHead(problem.status, problem.headers).end(JSON.stringify(problem))
  })
  server.on('clientError', answerClientError)
  return server
}

const CLIENT_ERRORS: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}

function answerClientError({ code = '' }: NodeJS.ErrnoException, socket: Duplex): void {
  const problem = new Problem(CLIENT_ERRORS[code] ?? 'malformed_request')
  const body = JSON.stringify(problem)
  const length = Buffer.byteLength(body)
  const headers = { ...problem.headers, 'Content-Length': length, Connection: 'close' }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  if (!socket.writable) socket.destroy()
  else {
    const answer = [`HTTP/1.1 ${problem.status} Refused`, ...lines, '', body].join('\r\n')
    socket.end(answer, () => socket.destroy())
  }
}

async function stopServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}
