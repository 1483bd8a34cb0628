import http, { type IncomingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'
import { paths } from '@session-vs-jwt/http-contract'
import type { Registration } from '../client/contract-client.js'
import { CookieJar } from '../client/cookie-jar.js'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

interface Request {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
}

/** Requests under way at the same time; fewer than PostgreSQL connections in the server's pool. */
const LANES = 8

/** Where the load goes, on a few connections that stay open: a load of thousands would run out of ports. */
export class Target {
  readonly url: string
  /** Requests that were answered so far. */
  answered = 0
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: LANES })

  constructor(url: string) {
    this.url = url
  }

  /** Does `work` for each of `items`, a few at a time. */
  async each<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
    const queue = items.values()
    const lane = async (): Promise<void> => {
      for (const item of queue) await work(item)
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    // The server closes a connection that has been idle; the next load finds none of those.
    this.#agent.destroy()
  }

  async send({ method, path, headers = {}, json }: Request): Promise<Answer> {
    const body = json === undefined ? undefined : JSON.stringify(json)
    // Node.js gives the body of a DELETE no length by itself: the server would read it as another request.
    const about =
      body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const options = { method, agent: this.#agent, headers: { ...about, ...headers } }
      http
        .request(this.url + path, options, resolve)
        .on('error', reject)
        .end(body)
    })
    const { statusCode = 0, headers: received } = response
    const answer = { status: statusCode, headers: received, body: await text(response) }
    this.answered += 1
    return answer
  }
}

/** Which token goes along; a cookie always does. */
type Use = 'access' | 'refresh' | 'none'

/** A device of the load: keeps a cookie or tokens, whichever the server gives. */
export class LoadDevice {
  readonly #target: Target
  #jar = new CookieJar()
  #tokens: { accessToken?: string; refreshToken?: string } = {}

  constructor(target: Target) {
    this.#target = target
  }

  copy(): LoadDevice {
    const copy = new LoadDevice(this.#target)
    copy.#jar = this.#jar.copy()
    copy.#tokens = this.#tokens
    return copy
  }

  async send(method: string, path: string, json?: unknown, use: Use = 'access'): Promise<Answer> {
    return this.#send({ method, path, headers: this.#credential(use), json })
  }

  register = async (account: Registration): Promise<Answer> =>
    this.send('POST', paths.register, account, 'none')

  async login({ email, password }: Omit<Registration, 'nickname'>): Promise<Answer> {
    const authorization = `Basic ${Buffer.from(`${email}:${password}`).toString('base64')}`
    const headers = { ...this.#credential('none'), authorization }
    return this.#send({ method: 'POST', path: paths.login, headers })
  }

  /** With a credential of the right form that the server did not make. */
  async whoamiForged(): Promise<Answer> {
    const entries = Object.entries(this.#credential('access'))
    const headers = Object.fromEntries(entries.map(([name, value]) => [name, altered(value)]))
    return this.#target.send({ method: 'GET', path: paths.whoami, headers })
  }

  async #send(request: Request): Promise<Answer> {
    const answer = await this.#target.send(request)
    this.#jar.take(answer.headers['set-cookie'] ?? [])
    const { accessToken, refreshToken } = answer.body.startsWith('{') ? JSON.parse(answer.body) : {}
    if (accessToken) this.#tokens = { ...this.#tokens, accessToken }
    if (refreshToken) this.#tokens = { ...this.#tokens, refreshToken }
    return answer
  }

  #credential(use: Use): Record<string, string> {
    const cookie = this.#jar.header()
    const token = use === 'none' ? undefined : this.#tokens[`${use}Token`]
    return { ...(cookie && { cookie }), ...(token && { authorization: `Bearer ${token}` }) }
  }
}

/** One character changed: of the random id, or of the signature. */
function altered(credential: string): string {
  const at = credential.length - 10
  const other = credential[at] === 'A' ? 'B' : 'A'
  return credential.slice(0, at) + other + credential.slice(at + 1)
}
