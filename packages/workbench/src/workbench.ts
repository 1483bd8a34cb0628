import {
  type Balancer,
  findBalancerProgram,
  type ServerProgram,
  startPostgres,
  type StartedPostgres,
  type StartedRedis,
  startRedis,
  type StoreReport,
  StoreWatch,
} from '@session-vs-jwt/services'
import { availableStrategy } from './available-strategy.js'
import { replicaProblem } from './diagnosis.js'
import { curlLines } from './curl-lines.js'
import type { TraceEvent } from '@session-vs-jwt/request-trace'
import { Lab } from './lab/lab.js'
import { strategies } from './strategies.js'
import type { Instance } from './servers/instance.js'
import { WorkbenchError } from './workbench-error.js'
import { filesIn } from './folders.js'
import type { Ports } from './ports.js'
import { rollingRestarts } from './rolling-restart.js'
import {
  type RecordedBalancer,
  type RecordedServer,
  recordWriter,
  removeRecord,
  type RunningRecord,
  type StoreAnswer,
} from './running-record.js'
import { migrate } from './schema.js'
import { type ServerSecrets, serverSecrets } from './secrets/secret-ring.js'
import type { JwtAlgorithm } from './secrets/signing-key.js'
import type { ServerGroup } from './servers/server-group.js'
import { balance, startInstances } from './servers/start-servers.js'
import { latestResult } from './site/latest-result.js'
import { type Site, startSite } from './site/site.js'
import { type StoredRecord, type StoredState, watchStores } from './site/stored-state.js'
import { StopStack } from './stop-stack.js'
import type { ServerKind, Strategy } from './strategy.js'

export interface WorkbenchOptions {
  /** Where data, secrets and logs are kept; made if missing. */
  readonly folder: string
  readonly ports: Ports
  readonly session: Strategy
  readonly jwt: Strategy
  readonly jwtAlgorithm: JwtAlgorithm
  /** How many of each server; more than one are behind a balancer. */
  readonly instances: number
  /** Whether the balancer keeps a client of the session server at one instance, by a cookie. */
  readonly sticky: boolean
  /** `DATABASE_URL`, `REDIS_URL`, and the settings of the servers that anybody may choose. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Told, in lines for people, what was done and what takes time. */
  readonly onProgress: (line: string) => void
  /** Ends a start that is under way, between two of its steps. */
  readonly signal: AbortSignal
}

/** Services, both servers and the front page, all of them ready. */
export interface Workbench {
  readonly url: string
  readonly postgres: StartedPostgres
  readonly redis: StartedRedis | undefined
  readonly session: StartedStrategy
  readonly jwt: StartedStrategy
  /** There is one before several instances. */
  readonly balancer: Balancer | undefined
  /** As it is now. */
  readonly record: RunningRecord
  /** Calls `listener` when a store is gone, comes back, or is given up. */
  onStore(listener: (report: StoreReport) => void): void
  /**
   * Replaces every instance, one after the other; does nothing while that is under way.
   *
   * @throws {WorkbenchError} as `rollingRestart`, and where there is one instance
   */
  rollingRestart(onProgress: (line: string) => void): Promise<void>
  stop(): Promise<void>
}

/** A server, and the strategy that it runs: the one that was asked for, or what is possible here. */
export interface StartedStrategy {
  readonly strategy: Strategy
  readonly server: ServerGroup
}

interface Stores {
  readonly postgres: StartedPostgres
  readonly redis: StartedRedis | undefined
  readonly secrets: ServerSecrets
}

/**
 * Starts everything, and stops again what was started if something fails.
 *
 * @throws {WorkbenchError | ServiceError} with a message for people
 */
export async function startWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const started = new StopStack()
  try {
    return await startInOrder(options, started)
  } catch (error) {
    await started.stop()
    throw error
  }
}

async function startInOrder(options: WorkbenchOptions, started: StopStack): Promise<Workbench> {
  const { ports, signal } = options
  const path = filesIn(options.folder).running
  const startedAt = new Date().toISOString()
  let record: RunningRecord = { pid: process.pid, startedAt, url: `http://127.0.0.1:${ports.page}` }
  let stored: StoredState | undefined
  let watches: readonly StoreWatch[] = []
  let lab: Lab | undefined
  const describe = (): object => ({
    ...record,
    ...lab?.state,
    strategies: strategies.map(({ id, server }) => ({ id, server })),
    curl: curlLines(ports),
  })
  // First the site: its port shows to others that there is a workbench.
  const [site] = await started.add<[Site]>(
    startSite(ports.page, {
      describe,
      questions: {
        stored: (query) => readStored(stored, query),
        results: () => latestResult(),
        stores: () => askStores(watches),
      },
      command: async (body) => {
        if (!lab)
          throw new WorkbenchError('The workbench is still starting. Try again in a moment.')
        const answer = await lab.run(body)
        // Whoever asked knows what is true now without waiting for the stream.
        return { ...answer, record: describe() }
      },
    }),
  )
  const write = recordWriter(path, options.onProgress)
  const tell = (change: Partial<RunningRecord>): void => {
    record = { ...record, ...change }
    write(record)
    site.publish('record', describe())
  }
  await started.add(Promise.resolve({ stop: async () => removeRecord(path) }))
  tell({})
  const program = options.instances > 1 ? await findBalancerProgram(options) : undefined
  const stores = await startStores(options, started)
  signal.throwIfAborted()
  await migrate(stores.postgres.url, Number(options.env['TIMEOUT_FACTOR'] || 1))
  signal.throwIfAborted()
  const onStore: ((report: StoreReport) => void)[] = []
  const onReport = (report: StoreReport): void => {
    tell({ stores: watches.map((it) => it.report) })
    for (const listener of onStore) listener(report)
  }
  const postgresWatch = new StoreWatch('PostgreSQL', stores.postgres, { onReport })
  const redisWatch = stores.redis && new StoreWatch('Redis', stores.redis, { onReport })
  watches = [postgresWatch, ...(redisWatch ? [redisWatch] : [])]
  await started.add(...watches.map(async (it) => it))
  ;[stored] = await started.add<[StoredState]>(watchStores(stores.postgres, stores.redis))
  const [session, jwt] = await startServers(options, stores, started)
  const groups = [session.server, jwt.server]
  const balancer = program && (await startBalancer(program, groups, options, started))
  signal.throwIfAborted()
  const running = { session, jwt }
  const tellServers = (more: Partial<RunningRecord> = {}): void =>
    tell({
      ...more,
      servers: { session: recorded(running.session), jwt: recorded(running.jwt) },
    })
  const publish = (event: TraceEvent, { name }: Instance): void =>
    site.publish('request', { ...event, instance: name })
  for (const group of groups) {
    group.onRequest(publish)
    group.onLoss(() => tellServers())
  }
  lab = new Lab({
    groups: { session: session.server, jwt: jwt.server },
    balancer,
    redis: redisWatch,
    strategies: { session: session.strategy, jwt: jwt.strategy },
    onStrategy: (server, strategy) => (running[server] = { ...running[server], strategy }),
    onChange: () => tellServers(),
    onRequest: publish,
  })
  await started.add(Promise.resolve(lab))
  tellServers({
    redis: stores.redis !== undefined,
    stores: watches.map((it) => it.report),
    ...(balancer && { balancer: recordedBalancer(balancer) }),
  })
  return {
    ...stores,
    url: record.url,
    session,
    jwt,
    balancer,
    onStore: (listener) => void onStore.push(listener),
    get record() {
      return record
    },
    rollingRestart: rollingRestarts(
      balancer,
      groups,
      (it) => tellServers({ rollingRestart: it }),
      signal,
    ),
    stop: () => started.stop(),
  }
}

/** Each store, asked now. */
async function askStores(watches: readonly StoreWatch[]): Promise<StoreAnswer[]> {
  return Promise.all(
    watches.map(async (it) => ({ ...it.report, problem: (await it.ask()) ?? null })),
  )
}

async function readStored(
  stored: StoredState | undefined,
  query: URLSearchParams,
): Promise<StoredRecord[]> {
  const server = query.get('server') === 'session' ? 'session' : 'jwt'
  return (await stored?.read(server, query.get('userId') ?? '')) ?? []
}

async function startStores(options: WorkbenchOptions, started: StopStack): Promise<Stores> {
  const { folder, env, onProgress } = options
  const secrets = await serverSecrets(filesIn(folder).secrets, options.jwtAlgorithm)
  const databaseUrl = env['DATABASE_URL']?.trim() || undefined
  const redisUrl = env['REDIS_URL']?.trim() || undefined
  const [postgres, redis] = await started.add<[StartedPostgres, StartedRedis | undefined]>(
    startPostgres({ folder, databaseUrl, onProgress }),
    startRedis({ folder, redisUrl, onProgress }),
  )
  onProgress(postgres.foundAs)
  if (redis) onProgress(redis.foundAs)
  await reportReplica(options)
  return { postgres, redis, secrets }
}

/** The servers work without a replica. */
async function reportReplica({ env, onProgress }: WorkbenchOptions): Promise<void> {
  const problem = await replicaProblem(env)
  if (problem) onProgress(problem)
}

async function startServers(
  options: WorkbenchOptions,
  stores: Stores,
  started: StopStack,
): Promise<[StartedStrategy, StartedStrategy]> {
  const hasRedis = stores.redis !== undefined
  const chosen = { session: options.session, jwt: options.jwt }
  const strategy = (server: ServerKind): Strategy => availableStrategy(chosen[server], hasRedis)
  const start = (server: ServerKind): Promise<ServerGroup> =>
    startInstances(options, {
      strategy: strategy(server),
      databaseUrl: stores.postgres.url,
      redisUrl: stores.redis?.url,
      secrets: stores.secrets[server],
      origins: originsOf(options.ports.page),
    })
  type Servers = [ServerGroup, ServerGroup]
  const [session, jwt] = await started.add<Servers>(start('session'), start('jwt'))
  return [
    { strategy: strategy('session'), server: session },
    { strategy: strategy('jwt'), server: jwt },
  ]
}

async function startBalancer(
  program: ServerProgram,
  groups: readonly ServerGroup[],
  { folder, sticky, onProgress }: WorkbenchOptions,
  started: StopStack,
): Promise<Balancer> {
  // Clients with tokens keep no cookies, and need none.
  const balancing = balance(program, groups, {
    folder,
    onProgress,
    sticky: sticky ? ['session'] : [],
  })
  const [balancer] = await started.add<[Balancer]>(balancing)
  onProgress(balancer.foundAs)
  return balancer
}

function originsOf(port: number): string[] {
  return [`http://localhost:${port}`, `http://127.0.0.1:${port}`]
}

function recordedBalancer({ pid, foundAs, config }: Balancer): RecordedBalancer {
  return { pid, foundAs, config }
}

function recorded({ server, strategy }: StartedStrategy): RecordedServer {
  const instances = server.instances.map(({ name, url, pid, isRunning }) => {
    return { name, url, pid, running: isRunning }
  })
  return { url: server.url, strategy: strategy.id, state: strategy.state, instances }
}
