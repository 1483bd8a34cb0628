import { connect, type Socket } from 'node:net'
import type { Reply } from '../device.js'

/** A connection on which a test writes what no well-behaved client would. */
export class RawConnection {
  readonly #socket: Socket
  readonly #openedAt: number = performance.now()
  /** Milliseconds from the opening until the server closed it. */
  readonly closed: Promise<number>
  received = ''

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('utf8').on('data', (text: string) => (this.received += text))
    // What matters is that it ends, not how.
    socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => {
      socket.once('close', () => resolve(performance.now() - this.#openedAt))
    })
  }

  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    const connection = new RawConnection(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return connection
  }

  write(text: string): void {
    this.#socket.write(text)
  }

  end(): void {
    this.#socket.destroy()
  }

  /** The answer that came, once the server has closed the connection. */
  async reply(): Promise<Reply> {
    await this.closed
    const [head = '', body = ''] = this.received.split('\r\n\r\n')
    const [statusLine = '', ...lines] = head.split('\r\n')
    const headers = lines.map((it) => it.split(': ') as [string, string])
    return {
      status: Number(statusLine.split(' ')[1] ?? 0),
      headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
      body: body.startsWith('{') ? JSON.parse(body) : body,
    }
  }
}
