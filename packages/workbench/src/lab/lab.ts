import type { TraceEvent } from '@session-vs-jwt/request-trace'
import type { Balancer, StoreWatch } from '@session-vs-jwt/services'
import { availableStrategy } from '../available-strategy.js'
import { type Exchange, exchange } from '../client/http-exchange.js'
import type { Instance } from '../servers/instance.js'
import type { ServerGroup } from '../servers/server-group.js'
import { strategyById } from '../strategies.js'
import type { ServerKind, Strategy, StrategyId } from '../strategy.js'
import { WorkbenchError } from '../workbench-error.js'
import { type LabCommand, parseLabCommand } from './command.js'

/** What the lab has done to the workbench, for its pages. */
export interface LabState {
  /** How far the clocks of all server processes are ahead, in seconds. */
  readonly clockAheadSeconds: number
  /** Whether it is down, on purpose or not. */
  readonly redisStopped: boolean
  /** URLs of second instances, which share keys and stores with the first. */
  readonly secondInstances: Readonly<Partial<Record<ServerKind, string>>>
}

/** The balancer asks every 250 ms where nobody has answered. */
const FOUND_WITHIN_MS = 5_000

export interface LabParts {
  readonly groups: Readonly<Record<ServerKind, ServerGroup>>
  readonly balancer: Balancer | undefined
  readonly redis: StoreWatch | undefined
  /** What the servers were started with. */
  readonly strategies: Readonly<Record<ServerKind, Strategy>>
  /** Told when a server has got another strategy. */
  readonly onStrategy: (server: ServerKind, strategy: Strategy) => void
  readonly onChange: (state: LabState) => void
  readonly onRequest: (event: TraceEvent, instance: Instance) => void
}

/** What nobody dares in production, done to a running workbench. One thing at a time. */
export class Lab {
  readonly #parts: LabParts
  readonly #second: Partial<Record<ServerKind, Instance>> = {}
  /** Ids of the strategies that run now. */
  readonly #strategies: Record<ServerKind, StrategyId>
  #aheadSeconds = 0
  #work: Promise<unknown> = Promise.resolve()

  constructor(parts: LabParts) {
    this.#parts = parts
    const { session, jwt } = parts.strategies
    this.#strategies = { session: session.id, jwt: jwt.id }
  }

  get state(): LabState {
    const urls = Object.entries(this.#second).map(([server, { url }]) => [server, url] as const)
    return {
      clockAheadSeconds: this.#aheadSeconds,
      redisStopped: this.#isRedisDown(),
      secondInstances: Object.fromEntries(urls),
    }
  }

  /**
   * Does what a page asks, when what was asked before is done.
   *
   * @throws {WorkbenchError} for what it does not know or cannot do, with what to do instead
   * @throws {NoAnswer} where the thief gets none
   */
  async run(body: unknown): Promise<object> {
    const command = parseLabCommand(body)
    if (!command) throw new WorkbenchError('The lab knows no such command.', 2)
    const done = this.#work.then(async () => this.#do(command))
    this.#work = done.catch(() => undefined)
    return done
  }

  /** Stops what the lab has started. */
  async stop(): Promise<void> {
    await this.#work
    await Promise.all(Object.values(this.#second).map(async (it) => it.stop()))
  }

  async #do(command: LabCommand): Promise<object> {
    if (command.do === 'thief') return this.#sendAsThief(command)
    await this.#change(command)
    this.#parts.onChange(this.state)
    return {}
  }

  async #change(command: Exclude<LabCommand, { do: 'thief' }>): Promise<void> {
    switch (command.do) {
      case 'clock':
        return this.#setClock(command.aheadSeconds)
      case 'restart':
        return this.#restart(command.server)
      case 'redis':
        return this.#runRedis(command.running)
      case 'second-instance':
        return command.running
          ? this.#startSecond(command.server)
          : this.#stopSecond(command.server)
      case 'strategy':
        return this.#changeStrategy(command.server, command.strategy)
      case 'restore':
        return this.#restore()
    }
  }

  /** As the workbench started; a server that has ended runs again. What was stored stays. */
  async #restore(): Promise<void> {
    if (this.#isRedisDown()) await this.#runRedis(true)
    this.#setClock(0)
    for (const server of ['session', 'jwt'] as const) {
      await this.#stopSecond(server)
      const { id } = this.#parts.strategies[server]
      if (this.#strategies[server] !== id) await this.#changeStrategy(server, id)
      const { instances } = this.#parts.groups[server]
      if (instances.some(({ isRunning }) => !isRunning)) await this.#restart(server)
    }
  }

  #setClock(aheadSeconds: number): void {
    this.#aheadSeconds = aheadSeconds
    for (const instance of this.#instances()) instance.setClock(aheadSeconds * 1000)
  }

  #instances(): Instance[] {
    const { session, jwt } = this.#parts.groups
    return [...session.instances, ...jwt.instances, ...Object.values(this.#second)]
  }

  async #restart(server: ServerKind, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const instances = this.#instances().filter((it) => it.server === server)
    await Promise.all(instances.map(async (it) => it.restart(env)))
    // Until a balancer that has missed them all finds one again, it answers 503 to everybody.
    const balanced = this.#parts.groups[server].instances.map(({ name }) => name)
    await this.#parts.balancer?.untilFound(balanced, FOUND_WITHIN_MS)
  }

  async #changeStrategy(server: ServerKind, id: StrategyId): Promise<void> {
    const wanted = strategyById(id)
    if (wanted.server !== server) throw new WorkbenchError(`${id} is none of this server's.`)
    const strategy = availableStrategy(wanted, this.#parts.redis !== undefined)
    await this.#restart(server, strategy.env)
    this.#strategies[server] = id
    this.#parts.onStrategy(server, strategy)
  }

  async #startSecond(server: ServerKind): Promise<void> {
    if (this.#second[server]) return
    const [first] = this.#parts.groups[server].instances
    const second = await first?.copy(`${server}-second`)
    if (!second) return
    this.#second[server] = second
    second.onRequest(this.#parts.onRequest)
  }

  async #stopSecond(server: ServerKind): Promise<void> {
    const second = this.#second[server]
    delete this.#second[server]
    await second?.stop()
  }

  /** It goes as in a crash, and comes back with what it had acknowledged. */
  async #runRedis(running: boolean): Promise<void> {
    const { redis } = this.#parts
    if (!redis?.isOurs) {
      throw new WorkbenchError(
        'Only a Redis that the workbench has started can be stopped here; this one is somebody’s own.',
      )
    }
    await (running ? redis.bringBack() : redis.takeDown())
  }

  #isRedisDown(): boolean {
    const { redis } = this.#parts
    return redis !== undefined && redis.report.state !== 'running'
  }

  async #sendAsThief({
    server,
    method,
    path,
    credential,
  }: Extract<LabCommand, { do: 'thief' }>): Promise<Pick<Exchange, 'status' | 'headers' | 'body'>> {
    const { url } = this.#second[server] ?? this.#parts.groups[server]
    const headers = {
      'user-agent': 'thief',
      accept: 'application/json',
      [credential.name]: credential.value,
    }
    const answer = await exchange({ method, url: url + path, headers })
    return { status: answer.status, headers: answer.headers, body: answer.body }
  }
}
