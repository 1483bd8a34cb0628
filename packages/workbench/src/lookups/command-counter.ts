import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { add, type Calls, difference } from './calls.js'

/**
 * `INFO commandstats`. It counts a script, and again each command that the script runs, under the same
 * name as if a client had sent it. MONITOR marks the latter with `lua`, so they can be taken out. A
 * line of MONITOR that went missing would leave a count too high: it fails, and hides nothing.
 */
export class CommandCounter {
  readonly #redis: Redis
  readonly #monitor: Redis
  #before: Calls = new Map()
  #scripted = new Map<string, number>()

  private constructor(redis: Redis, monitor: Redis) {
    this.#redis = redis
    this.#monitor = monitor
    monitor.on('monitor', (_time: string, [command = '']: string[], source: string) => {
      if (source === 'lua') add(this.#scripted, command.toLowerCase(), 1)
    })
  }

  static async connect(url: string): Promise<CommandCounter> {
    const redis = new Redis(url)
    return new CommandCounter(redis, await redis.monitor())
  }

  async begin(): Promise<void> {
    await this.#monitorHasCaughtUp()
    this.#scripted.clear()
    this.#before = await this.#commandStats()
  }

  async end(): Promise<Calls> {
    const calls = new Map(difference(await this.#commandStats(), this.#before))
    await this.#monitorHasCaughtUp()
    // The first of the two readings of `INFO` is in the second.
    add(calls, 'info', -1)
    for (const [command, n] of this.#scripted) add(calls, command, -n)
    return new Map([...calls].filter(([, n]) => n !== 0))
  }

  close(): void {
    this.#monitor.disconnect()
    this.#redis.disconnect()
  }

  async #commandStats(): Promise<Calls> {
    const lines = (await this.#redis.info('commandstats')).matchAll(/^cmdstat_(.+?):calls=(\d+)/gm)
    return new Map([...lines].map(([, command = '', calls]) => [command, Number(calls)]))
  }

  /** MONITOR tells commands in the order in which they ran: after a mark, all before it are told. */
  async #monitorHasCaughtUp(): Promise<void> {
    const mark = randomUUID()
    const seen = new Promise<void>((resolve) => {
      const look = (_time: string, args: string[]): void => {
        if (args[1] !== mark) return
        this.#monitor.off('monitor', look)
        resolve()
      }
      this.#monitor.on('monitor', look)
    })
    await this.#redis.echo(mark)
    await seen
  }
}
