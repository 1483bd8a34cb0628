import { setTimeout as sleep } from 'node:timers/promises'
import { holdPostgres, postgresVersion } from './postgres/postgres-by-url.js'
import type { StartedPostgres } from './postgres/started-postgres.js'
import { holdRedis, redisVersion } from './redis/redis-by-url.js'
import type { StartedRedis } from './redis/started-redis.js'

/**
 * `lost`: it does not answer, and either comes back by itself or is being restarted. `given-up`: every restart
 * failed. `stopped`: somebody wanted that.
 */
export type StoreState = 'running' | 'lost' | 'given-up' | 'stopped'

/** What has become of a store. */
export interface StoreReport {
  readonly what: 'PostgreSQL' | 'Redis'
  readonly state: StoreState
  /** What happened, for people; no password in it. */
  readonly line: string
  /** How the store was found, as a start says it. */
  readonly foundAs: string
}

/** A connection that is kept open to notice the moment at which it breaks. */
export interface HeldConnection {
  readonly lost: Promise<void>
  close(): void
}

export interface StoreWatchOptions {
  readonly onReport: (report: StoreReport) => void
  /** Restarts in a row before the watch gives up. */
  readonly attempts?: number
  /** Before the second attempt; the time doubles with each one. */
  readonly backoffMs?: number
}

const FIRST_LOOK_AFTER_MS = 50
const LOOK_EVERY_MS = 250
/** A store that ran this long has recovered: its next end is a new one. */
const RECOVERED_AFTER_MS = 60_000
const ASK_WITHIN_MS = 5_000

/**
 * Notices at once when a store is gone, and restarts it if it is ours. A store that was given by URL is
 * reported and left alone.
 */
export class StoreWatch {
  readonly what: StoreReport['what']
  readonly #store: StartedPostgres | StartedRedis
  readonly #options: Required<StoreWatchOptions>
  #report: StoreReport
  #connection: HeldConnection | undefined
  #attempts = 0
  #nextAttemptAt = 0
  #runsSince = Date.now()
  /** False while somebody wants the store to be down. */
  #isWanted = true
  #isEnded = false
  /** What is done to the store, one thing at a time. */
  #work: Promise<unknown> = Promise.resolve()

  constructor(
    what: StoreReport['what'],
    store: StartedPostgres | StartedRedis,
    options: StoreWatchOptions,
  ) {
    this.what = what
    this.#store = store
    this.#options = { attempts: 5, backoffMs: 1_000, ...options }
    this.#report = { what, state: 'running', line: `${what} runs.`, foundAs: store.foundAs }
    void this.#watch()
  }

  get report(): StoreReport {
    return this.#report
  }

  /** Whether the workbench has started it, and may stop and restart it. */
  get isOurs(): boolean {
    return this.#store.kind !== 'url'
  }

  /** Asks the store itself. Undefined if it answers, else the reason. */
  async ask(): Promise<string | undefined> {
    const late = sleep(ASK_WITHIN_MS, `no answer within ${ASK_WITHIN_MS / 1000} s`, { ref: false })
    const answer = this.#version().then(() => undefined, reasonOf)
    return Promise.race([answer, late])
  }

  /** Ends the store as a crash would. It stays down until `bringBack`. */
  async takeDown(): Promise<void> {
    this.#isWanted = false
    this.#tell('stopped', `${this.what} is stopped.`)
    await this.#next(async () => {
      if (this.#store.kind !== 'url') await this.#store.kill()
    })
  }

  /** Starts the store if it does not run, whatever happened before. */
  async bringBack(): Promise<void> {
    this.#isWanted = true
    this.#attempts = 0
    await this.#next(async () => this.#restartIfGone())
    this.#tellRunning()
  }

  /** Ends the watch; the store is left as it is. */
  async stop(): Promise<void> {
    this.#isEnded = true
    this.#connection?.close()
    await this.#work
  }

  async #watch(): Promise<void> {
    while (!this.#isEnded) {
      const connection = await this.#connect().catch(async () => this.#recover())
      if (!connection) return
      this.#connection = connection
      if (this.#isEnded) connection.close()
      this.#tellRunning()
      await connection.lost
    }
  }

  /** Looks and restarts until the store answers; undefined once the watch has ended. */
  async #recover(): Promise<HeldConnection | undefined> {
    if (Date.now() - this.#runsSince > RECOVERED_AFTER_MS) this.#attempts = 0
    for (let looks = 1; !this.#isEnded; looks += 1) {
      // The end of a process is heard a moment after the end of its connections.
      await sleep(looks === 1 ? FIRST_LOOK_AFTER_MS : LOOK_EVERY_MS)
      const connection = await this.#next(async () => this.#look(looks))
      if (connection) return connection
    }
    return undefined
  }

  async #look(looks: number): Promise<HeldConnection | undefined> {
    try {
      return await this.#connect()
    } catch (error) {
      const isLeftAlone = !this.#isWanted || this.#report.state === 'given-up'
      if (!this.#isEnded && !isLeftAlone) await this.#dealWith(reasonOf(error), looks)
      return undefined
    }
  }

  async #dealWith(reason: string, looks: number): Promise<void> {
    const { what } = this
    if (this.#store.kind === 'url') {
      const where = `${what} (${this.#store.foundAs})`
      this.#tell('lost', `${where} does not answer: ${reason}. ${NOT_OURS}`)
    } else if (!(await this.#store.isRunning())) {
      if (Date.now() >= this.#nextAttemptAt) await this.#attempt()
    } else if (looks > 1) {
      const line = `${what} does not answer (${reason}). Its process runs; waiting for it.`
      this.#tell('lost', line)
    }
  }

  async #attempt(): Promise<void> {
    const { what } = this
    const { attempts: most, backoffMs } = this.#options
    this.#tell('lost', `${what} ended by itself. Restarting it …`)
    this.#attempts += 1
    this.#nextAttemptAt = Date.now() + backoffMs * 2 ** (this.#attempts - 1)
    try {
      await this.#restartIfGone()
    } catch (error) {
      const failed = `${what} could not be restarted`
      if (this.#attempts < most) {
        return this.#tell('lost', `${failed} (attempt ${this.#attempts} of ${most}); trying again.`)
      }
      this.#tell('given-up', `${failed}, in ${most} attempts. ${GIVEN_UP}\n${reasonOf(error)}`)
    }
  }

  async #restartIfGone(): Promise<void> {
    if (this.#store.kind === 'url' || (await this.#store.isRunning())) return
    await this.#store.restart()
  }

  async #connect(): Promise<HeldConnection> {
    const { url } = this.#store
    return this.what === 'Redis' ? holdRedis(url) : holdPostgres(url)
  }

  async #version(): Promise<string> {
    const { url } = this.#store
    return this.what === 'Redis' ? redisVersion(url) : postgresVersion(url)
  }

  async #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work)
    this.#work = done.catch(() => undefined)
    return done
  }

  #tellRunning(): void {
    if (this.#report.state === 'running' || !this.#isWanted) return
    this.#runsSince = Date.now()
    this.#tell('running', `${this.what} answers again.`)
  }

  #tell(state: StoreState, line: string): void {
    const isKnown = this.#report.line === line && this.#report.state === state
    if (isKnown || this.#isEnded) return
    this.#report = { ...this.#report, state, line }
    this.#options.onReport(this.#report)
  }
}

const NOT_OURS =
  'The workbench did not start it, so it does not restart it. The servers reconnect when it is back.'

const GIVEN_UP = 'Stop the workbench ("npm run stop"), put this right, and start it again:'

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return message || code || 'no reason given'
}
