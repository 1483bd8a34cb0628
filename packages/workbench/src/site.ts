import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

/** The workbench's own web server. The course and the lab, once built, are served here as well. */
export interface Site {
  readonly url: string
  stop(): Promise<void>
}

const PAGE = new URL('../page/index.html', import.meta.url)

const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; " +
    "connect-src 'self' http://localhost:* http://127.0.0.1:*; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
}

/**
 * Serves the front page on loopback, and at `/workbench.json` what `describe` returns.
 *
 * @throws {Error} of `net.Server` (`EADDRINUSE`, …)
 */
export async function startSite(port: number, describe: () => object): Promise<Site> {
  const page = await readFile(PAGE)
  const server = createServer((request, response) => {
    if (!isLocal(request)) return send(response, 421, 'text/plain', 'This site is on localhost.\n')
    const path = request.url?.split('?')[0]
    if (path === '/') return send(response, 200, 'text/html; charset=utf-8', page)
    if (path === '/workbench.json') {
      return send(response, 200, 'application/json', JSON.stringify(describe()))
    }
    return send(response, 404, 'text/plain', 'Not found\n')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return { url: `http://127.0.0.1:${port}`, stop: () => closeNow(server) }
}

/** A foreign name that points to this machine (DNS rebinding) gets no answer. */
function isLocal({ headers }: IncomingMessage): boolean {
  return /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(headers.host ?? '')
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { ...HEADERS, 'Content-Type': type }).end(body)
}

async function closeNow(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}
