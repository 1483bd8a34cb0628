import type { Calls } from './calls.js'
import { CommandCounter } from './command-counter.js'
import { StatementCounter } from './statement-counter.js'

/** What the stores say that they were asked. */
export interface StoreCalls {
  readonly sql: Calls
  readonly redis: Calls
}

/** Where the stores are. */
export interface StoreUrls {
  readonly databaseUrl: string
  readonly redisUrl: string
}

/**
 * The stores' own counters. They count whatever reaches the stores, so nobody but the server under
 * load may use them; the one who counts is taken out.
 */
export class StoreCounters {
  readonly #statements: StatementCounter
  readonly #commands: CommandCounter

  private constructor(statements: StatementCounter, commands: CommandCounter) {
    this.#statements = statements
    this.#commands = commands
  }

  static async connect({ databaseUrl, redisUrl }: StoreUrls): Promise<StoreCounters> {
    const statements = await StatementCounter.connect(databaseUrl)
    return new StoreCounters(statements, await CommandCounter.connect(redisUrl))
  }

  /** What the stores were asked while `load` ran. */
  async around(load: () => Promise<void>): Promise<StoreCalls> {
    await this.#statements.begin()
    await this.#commands.begin()
    await load()
    return { redis: await this.#commands.end(), sql: await this.#statements.end() }
  }

  async close(): Promise<void> {
    await this.#statements.close()
    this.#commands.close()
  }
}
