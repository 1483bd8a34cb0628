import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type EmbeddedPostgres,
  findRedisProgram,
  type Pooler,
  type RedisProcess,
  removeData,
  type ServerProgram,
  startEmbeddedPostgres,
  startPooler,
  startRedisProcess,
} from '@session-vs-jwt/services'
import { applyLimits } from '@session-vs-jwt/stores/postgres'
import {
  migrate,
  RunningServer,
  type ServerExit,
  serverEnvironment,
  type Strategy,
} from '@session-vs-jwt/workbench'
import { strategy as strategyOf } from '../contract/matrix.js'
import { keySet } from '../start-server.js'
import type { FakeClock } from './fake-clock.js'

/** A built server in a process of its own: a target for devices, and something to break. */
export interface FaultServer {
  readonly url: string
  readonly strategy: Strategy
  /** The strategy as the matrix names it, which may be on another store than usual. */
  readonly label: string
  readonly process: RunningServer
  /** How it ended; undefined while it runs. */
  readonly exit: () => ServerExit | undefined
  readonly log: () => Promise<string>
}

export interface StackOptions {
  /** As the matrix names them. */
  readonly strategies: readonly string[]
  /** The stores that the test will mistreat: started for it alone. */
  readonly own: readonly ('postgres' | 'redis')[]
  /** URLs of the stores that it leaves alone. */
  readonly databaseUrl?: string
  readonly redisUrl?: string
  readonly env?: Readonly<Record<string, string>>
  /** The servers reach their own PostgreSQL through this PgBouncer. */
  readonly pooler?: ServerProgram | undefined
  /** Clocks of their own for the stores, and for the servers. */
  readonly clocks?: { readonly stores: FakeClock; readonly servers: FakeClock }
}

const SECRETS = {
  SESSION_COOKIE_SECRET: randomBytes(32).toString('base64url'),
  JWT_ACCESS_KEYS: keySet('HS256', 'access'),
  JWT_REFRESH_KEYS: keySet('HS256', 'refresh'),
}

/** Servers and the stores that a test may break. Whatever happens, `stop` leaves nothing running. */
export class Stack {
  readonly servers: FaultServer[] = []
  readonly #folder: string
  readonly #options: StackOptions
  #postgres: EmbeddedPostgres | undefined
  #pooler: Pooler | undefined
  #redis: RedisProcess | undefined

  private constructor(folder: string, options: StackOptions) {
    this.#folder = folder
    this.#options = options
  }

  static async start(options: StackOptions): Promise<Stack> {
    const stack = new Stack(await mkdtemp(join(tmpdir(), 'session-vs-jwt-faults-')), options)
    try {
      await stack.#startStores()
      for (const label of options.strategies) await stack.startServer(label)
      return stack
    } catch (error) {
      await stack.stop()
      throw error
    }
  }

  get postgres(): EmbeddedPostgres {
    if (!this.#postgres) throw new Error('this stack has no PostgreSQL of its own')
    return this.#postgres
  }

  get pooler(): Pooler {
    if (!this.#pooler) throw new Error('this stack has no PgBouncer')
    return this.#pooler
  }

  get redis(): RedisProcess {
    if (!this.#redis) throw new Error('this stack has no Redis of its own')
    return this.#redis
  }

  get databaseUrl(): string {
    return this.#pooler?.url ?? this.#postgres?.url ?? this.#options.databaseUrl ?? ''
  }

  /** PostgreSQL itself, without the limits of a server's role. */
  get adminUrl(): string {
    const url = new URL(this.#postgres?.url ?? this.#options.databaseUrl ?? '')
    const limits = ['statement_timeout', 'idle_in_transaction_session_timeout']
    url.searchParams.set('options', limits.map((name) => `-c ${name}=0`).join(' '))
    return url.href
  }

  /** The first that was started. */
  server(label: string): FaultServer {
    const found = this.servers.find((it) => it.label === label)
    if (!found) throw new Error(`no ${label} in this stack`)
    return found
  }

  async startServer(
    label: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<FaultServer> {
    const strategy = strategyOf(label)
    const log = join(this.#folder, `server-${this.servers.length}.log`)
    const settings = {
      strategy,
      port: 0,
      databaseUrl: this.databaseUrl,
      redisUrl: this.#redis?.url ?? this.#options.redisUrl,
      secrets: SECRETS,
      origins: [],
    }
    const running = await RunningServer.start({
      server: strategy.server,
      log,
      env: {
        ...serverEnvironment(settings, process.env),
        NODE_ENV: 'test',
        BCRYPT_COST: '4',
        // Everything that could be logged is: a secret in it is found.
        LOG_LEVEL: 'trace',
        TRACE_EVENTS: 'off',
        ...this.#options.clocks?.servers.env,
        ...this.#options.env,
        ...env,
      },
    })
    let exit: ServerExit | undefined
    void running.exited.then((it) => (exit = it))
    const server: FaultServer = {
      url: running.url,
      strategy,
      label,
      process: running,
      exit: () => exit,
      log: () => readFile(log, 'utf8'),
    }
    this.servers.push(server)
    return server
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map(({ process: it }) => it.kill()))
    await this.#pooler?.stop()
    await Promise.all([this.#postgres?.stop(), this.#redis?.stop()])
    await removeData(this.#folder)
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #startStores(): Promise<void> {
    const { own, clocks } = this.#options
    const folder = this.#folder
    const findServer = () => findRedisProgram({ folder: '.workbench' })
    // The stores are started with the environment of this process.
    Object.assign(process.env, clocks?.stores.env)
    // Durable: what was acknowledged must outlive a kill.
    const [postgres, redis] = await Promise.allSettled([
      own.includes('postgres') ? startEmbeddedPostgres({ folder }) : undefined,
      own.includes('redis') ? startRedisProcess({ folder, findServer }) : undefined,
    ])
    for (const name of Object.keys(clocks?.stores.env ?? {})) delete process.env[name]
    if (postgres.status === 'fulfilled') this.#postgres = postgres.value
    if (redis.status === 'fulfilled') this.#redis = redis.value
    for (const store of [postgres, redis]) if (store.status === 'rejected') throw store.reason
    const { pooler: program } = this.#options
    if (program) {
      await applyLimits(this.postgres.url)
      this.#pooler = await startPooler(program, { folder, postgres: this.postgres })
    }
    await migrate(this.databaseUrl)
  }
}
