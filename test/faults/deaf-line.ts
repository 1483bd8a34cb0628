import { connect, createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/**
 * The line to a store, on which answers can get lost: what is sent arrives and is done, and nobody hears of it.
 * What a server sees is the same as with a commit that takes too long.
 */
export class DeafLine {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #pattern: RegExp | undefined
  #watched: { readonly pattern: RegExp; readonly react: () => void } | undefined

  private constructor(server: Server) {
    this.#server = server
  }

  /** A line to the store of `url`, and the URL by which to use it. */
  static async to(url: string): Promise<{ line: DeafLine; url: string }> {
    const store = new URL(url)
    const server = createServer()
    const line = new DeafLine(server)
    server.on('connection', (client) => line.#join(client, store))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    store.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const through = store.href
    store.host = new URL(url).host
    return { line, url: through }
  }

  /** From now on, no answer comes on a connection that has carried a request like `pattern`. */
  losesAnswersTo(pattern: RegExp | undefined): void {
    this.#pattern = pattern
  }

  /** Calls `react` once, as soon as the answer to a request like `pattern` has been passed on. */
  afterAnswerTo(pattern: RegExp, react: () => void): void {
    this.#watched = { pattern, react }
  }

  close(): void {
    this.#server.close()
    for (const it of this.#sockets) it.destroy()
  }

  #join(client: Socket, { hostname, port }: URL): void {
    const store = connect(Number(port), hostname)
    let isDeaf = false
    let answered: (() => void) | undefined
    client.on('data', (bytes) => {
      const request = bytes.toString('latin1')
      isDeaf ||= this.#pattern?.test(request) ?? false
      if (this.#watched?.pattern.test(request)) {
        answered = this.#watched.react
        this.#watched = undefined
      }
      store.write(bytes)
    })
    store.on('data', (bytes) => {
      if (!isDeaf) client.write(bytes)
      answered?.()
      answered = undefined
    })
    for (const [one, other] of [
      [client, store],
      [store, client],
    ] as const) {
      this.#sockets.add(one)
      one.on('error', () => undefined)
      one.on('close', () => {
        this.#sockets.delete(one)
        // What was sent before the end still arrives.
        other.end()
      })
    }
  }
}
