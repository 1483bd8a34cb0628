import { paths } from '@session-vs-jwt/http-kit'
import { Device } from '../device.js'
import { Load, timed } from './load.js'
import type { FaultServer } from './stack.js'

/** More than this is no busy machine but a server that blocks. */
const BUSY_AT_MOST_MS = 1_000

/**
 * How late a machine is by itself: requests that need nothing are sent all the while, and the slowest tells
 * what others took from the processor. On a quiet machine it is a few milliseconds; time limits are counted
 * beyond it.
 */
export class Pacemaker {
  readonly #load: Load

  constructor(servers: readonly FaultServer[]) {
    const lives = servers.map((server) => {
      const device = new Device(server)
      return async () => timed('live', async () => device.sendBare('GET', paths.live))
    })
    this.#load = new Load(lives, 25)
  }

  get lateMs(): number {
    return Math.min(BUSY_AT_MOST_MS, Math.max(0, ...this.#load.answers.map(({ ms }) => ms)))
  }

  async stop(): Promise<void> {
    await this.#load.stop()
  }
}
