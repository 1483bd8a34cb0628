import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { BenchStores } from '../runner/bench-stores.js'
import type { DelayMessage } from './delay-proxy-process.js'

/** Another way to the run's stores, that can be made longer. */
export class DelayProxy {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, urls: { databaseUrl: string; redisUrl: string }) {
    this.#child = child
    this.databaseUrl = urls.databaseUrl
    this.redisUrl = urls.redisUrl
  }

  static async start({ postgres, redis }: BenchStores): Promise<DelayProxy> {
    const program = fileURLToPath(new URL('delay-proxy-process.js', import.meta.url))
    const child = fork(program, [], { detached: true, execArgv: [] })
    const message: DelayMessage = { targets: [postgres.port, redis.port] }
    child.send(message)
    const [{ ports }] = (await once(child, 'message')) as [{ ports: [number, number] }]
    return new DelayProxy(child, {
      databaseUrl: atPort(postgres.url, ports[0]),
      redisUrl: atPort(redis.url, ports[1]),
    })
  }

  /** From now on every question to a store takes so much longer. */
  setDelay(delayMs: number): void {
    const message: DelayMessage = { delayMs }
    this.#child.send(message)
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL')
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await once(this.#child, 'exit')
    }
  }
}

function atPort(url: string, port: number): string {
  const moved = new URL(url)
  moved.port = String(port)
  return moved.href
}
