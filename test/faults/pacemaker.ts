import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { paths } from '@session-vs-jwt/http-contract'
import { Device } from '../device.js'
import { type Answer, Load, timed } from './load.js'

/** The time that a store has to answer is never forgiven: a server that waits for one is seen. */
const LATE_AT_MOST_MS = 500

const LANES = 4

/** No server that is tested, so none can make it late but by what it takes from the processor. */
const BYSTANDER = `
const { createServer } = require('node:http')
const { parentPort } = require('node:worker_threads')
const server = createServer((_request, response) => response.end('{}'))
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))
`

/**
 * How late a machine is by itself: requests that need nothing are sent all the while, and the slowest tells
 * what others took from the processor. On a quiet machine it is a few milliseconds; time limits are counted
 * beyond it.
 */
export class Pacemaker {
  readonly #bystander: Worker
  readonly #live: () => Promise<Answer>
  readonly #load: Load

  private constructor(bystander: Worker, port: number) {
    const device = new Device({
      url: `http://127.0.0.1:${port}`,
      strategy: { server: 'session' },
    })
    this.#bystander = bystander
    this.#live = async () => timed('live', async () => device.sendBare('GET', paths.live))
    this.#load = new Load(Array(LANES).fill(this.#live), 25)
  }

  static async start(): Promise<Pacemaker> {
    const bystander = new Worker(BYSTANDER, { eval: true })
    const [port] = (await once(bystander, 'message')) as [number]
    bystander.unref()
    return new Pacemaker(bystander, port)
  }

  get lateMs(): number {
    return Math.min(LATE_AT_MOST_MS, Math.max(0, ...this.#load.answers.map(({ ms }) => ms)))
  }

  /** Milliseconds until the last of so many requests at once has its answer, which needs nothing. */
  async floodMs(count: number): Promise<number> {
    const answers = await Promise.all(Array.from({ length: count }, this.#live))
    return Math.max(...answers.map(({ ms }) => ms))
  }

  async stop(): Promise<void> {
    await this.#load.stop()
    await this.#bystander.terminate()
  }
}
