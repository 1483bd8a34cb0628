import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseOrigin } from '@session-vs-jwt/http-edge'
import { createChannel, createSession } from 'better-sse'
import getRawBody from 'raw-body'
import sirv from 'sirv'
import { repositoryFolder } from '../folders.js'

/** The workbench's own web server: the course, the lab, and what the lab hears from the workbench. */
export interface Site {
  readonly url: string
  /** Tells every open page; `data` is sent as JSON. */
  publish(event: 'record' | 'request', data: object): void
  stop(): Promise<void>
}

/** An answer in JSON to a question below `/workbench/`. */
type Question = (query: URLSearchParams) => Promise<object> | object

export interface SiteContents {
  /** What `/workbench.json` answers, and what a page hears first. */
  readonly describe: () => object
  /** By name: `stored` is answered at `/workbench/stored`. */
  readonly questions?: Readonly<Record<string, Question>>
  /** Does what a page of the site asks by POST to `/workbench/commands`, and answers in JSON. */
  readonly command?: (body: unknown) => Promise<object>
}

const BUILT = join(repositoryFolder, 'docs', '.vitepress', 'dist')

/** Folders with code that a chapter speaks of. No name in the path begins with a dot. */
const SOURCE = /^\/source\/(packages|test|benchmarks|docs)(?:\/[\w@-][\w.@-]*)+$/

/** Nothing is loaded from elsewhere; pages talk to this machine only. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
    "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; worker-src 'self' blob:; " +
    "connect-src 'self' http://localhost:* http://127.0.0.1:*; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
}

/**
 * Serves the site: on loopback, unless `host` is another address (in a container, where Docker decides
 * who reaches it).
 *
 * @throws {Error} of `net.Server` (`EADDRINUSE`, …)
 */
export async function startSite(
  port: number,
  contents: SiteContents,
  host = '127.0.0.1',
): Promise<Site> {
  const channel = createChannel()
  const files = builtSite()
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
    if (!isLocal(request)) return send(response, 421, 'This site is on localhost.\n')
    if (!isOwnPage(request)) return send(response, 403, 'Only pages of this site may ask.\n')
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/workbench.json') return sendJson(response, contents.describe())
    if (pathname === '/workbench/events') return void openStream(request, response)
    if (pathname === '/workbench/commands') return void obey(request, response, contents.command)
    const question = contents.questions?.[pathname.replace('/workbench/', '')]
    if (question) return void answer(response, question, searchParams)
    const source = SOURCE.exec(pathname)?.[1]
    return source ? serveSource(source, request, response) : files(request, response)
  })

  async function openStream(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const session = await createSession(request, response)
    session.push(contents.describe(), 'record')
    channel.register(session)
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    publish: (event, data) => void channel.broadcast(data, event),
    stop: () => closeNow(server),
  }
}

/** A foreign name that points to this machine (DNS rebinding) gets no answer. */
function isLocal({ headers }: IncomingMessage): boolean {
  return /^(localhost|127\.0\.0\.1)(:\d+)?$/i.test(headers.host ?? '')
}

/** A page of another site, or another port, may link here and load nothing. */
function isOwnPage({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers
  const site = headers['sec-fetch-site']
  if (origin !== undefined && parseOrigin(origin) !== parseOrigin(`http://${host}`)) return false
  return site === undefined || site === 'same-origin' || headers['sec-fetch-mode'] === 'navigate'
}

function builtSite(): (request: IncomingMessage, response: ServerResponse) => void {
  const notFound = join(BUILT, '404.html')
  if (!existsSync(notFound)) {
    return (_request, response) => send(response, 404, 'The site was not built.\n')
  }
  const page = readFileSync(notFound)
  const serve = sirv(BUILT, { etag: true, setHeaders })
  return (request, response) =>
    serve(request, response, () => {
      response.writeHead(404, { 'Content-Type': 'text/html; charset=utf-8' }).end(page)
    })
}

/** A file of the repository, as text. */
function serveSource(folder: string, request: IncomingMessage, response: ServerResponse): void {
  request.url = request.url?.replace(`/source/${folder}`, '') ?? '/'
  const asText = (it: ServerResponse): void =>
    void it.setHeader('Content-Type', 'text/plain; charset=utf-8')
  const serve = sirv(join(repositoryFolder, folder), { dev: true, setHeaders: asText })
  serve(request, response, () => send(response, 404, 'There is no such file.\n'))
}

/** Built files have a hash in their names; pages are asked for anew, and are on this machine. */
function setHeaders(response: ServerResponse, path: string): void {
  const isHashed = path.startsWith('/assets/')
  response.setHeader('Cache-Control', isHashed ? 'max-age=31536000, immutable' : 'no-cache')
}

/** No command is longer. */
const MAX_COMMAND_BYTES = 16 * 1024

/**
 * A command changes things: it must come from a page of this site, which says so (`Origin`), and be JSON,
 * which a form on another site cannot send.
 */
async function obey(
  request: IncomingMessage,
  response: ServerResponse,
  command: SiteContents['command'],
): Promise<void> {
  const { origin } = request.headers
  const type = request.headers['content-type']
  if (request.method !== 'POST' || !origin || type !== 'application/json' || !command) {
    return send(response, 403, 'Only pages of this site may command, by POST and in JSON.\n')
  }
  try {
    const text = await getRawBody(request, { limit: MAX_COMMAND_BYTES, encoding: true })
    sendJson(response, await command(JSON.parse(text)))
  } catch (error) {
    sendJson(response, { error: (error as Error).message }, 409)
  }
}

async function answer(
  response: ServerResponse,
  question: Question,
  query: URLSearchParams,
): Promise<void> {
  try {
    sendJson(response, await question(query))
  } catch {
    send(response, 503, 'The workbench could not find out.\n')
  }
}

function sendJson(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
  response.end(JSON.stringify(body))
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-store' })
  response.end(text)
}

async function closeNow(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}
