import { join } from 'node:path'
import {
  startPostgres,
  type StartedPostgres,
  type StartedRedis,
  startRedis,
} from '@session-vs-jwt/services'
import { availableStrategy } from './available-strategy.js'
import { curlLines } from './curl-lines.js'
import { filesIn } from './folders.js'
import type { Ports } from './ports.js'
import {
  type RecordedServer,
  removeRecord,
  type RunningRecord,
  writeRecord,
} from './running-record.js'
import { migrate } from './schema.js'
import { type ServerSecrets, serverSecrets } from './secrets/secret-ring.js'
import type { JwtAlgorithm } from './secrets/signing-key.js'
import { serverEnvironment } from './servers/server-environment.js'
import { RunningServer } from './servers/running-server.js'
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
  readonly record: RunningRecord
  stop(): Promise<void>
}

/** A server, and the strategy that it runs: the one that was asked for, or what is possible here. */
export interface StartedStrategy {
  readonly strategy: Strategy
  readonly server: RunningServer
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
  const describe = (): object => ({ ...record, curl: curlLines(ports) })
  // First the site: its port shows to others that there is a workbench.
  const [site] = await started.add<[Site]>(
    startSite(ports.page, {
      describe,
      questions: { stored: (query) => readStored(stored, query) },
    }),
  )
  const tell = (change: Partial<RunningRecord>): void => {
    record = { ...record, ...change }
    writeRecord(path, record)
    site.publish('record', describe())
  }
  await started.add(Promise.resolve({ stop: async () => removeRecord(path) }))
  tell({})
  const stores = await startStores(options, started)
  signal.throwIfAborted()
  await migrate(stores.postgres.url)
  signal.throwIfAborted()
  ;[stored] = await started.add<[StoredState]>(watchStores(stores.postgres, stores.redis))
  const [session, jwt] = await startServers(options, stores, started)
  for (const { server } of [session, jwt]) server.onRequest((it) => site.publish('request', it))
  signal.throwIfAborted()
  tell({
    redis: stores.redis !== undefined,
    servers: { session: recorded(session), jwt: recorded(jwt) },
  })
  return { ...stores, url: record.url, session, jwt, record, stop: () => started.stop() }
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
  const databaseUrl = env['DATABASE_URL'] || undefined
  const redisUrl = env['REDIS_URL'] || undefined
  const [postgres, redis] = await started.add<[StartedPostgres, StartedRedis | undefined]>(
    startPostgres({ folder, databaseUrl, onProgress }),
    startRedis({ folder, redisUrl, onProgress }),
  )
  onProgress(postgres.foundAs)
  if (redis) onProgress(redis.foundAs)
  return { postgres, redis, secrets }
}

async function startServers(
  options: WorkbenchOptions,
  stores: Stores,
  started: StopStack,
): Promise<[StartedStrategy, StartedStrategy]> {
  const hasRedis = stores.redis !== undefined
  const chosen = { session: options.session, jwt: options.jwt }
  const strategy = (server: ServerKind): Strategy => availableStrategy(chosen[server], hasRedis)
  const start = (server: ServerKind): Promise<RunningServer> =>
    RunningServer.start({
      server,
      log: join(filesIn(options.folder).logs, `${server}-server.log`),
      env: serverEnvironment(
        {
          strategy: strategy(server),
          port: options.ports[server],
          databaseUrl: stores.postgres.url,
          redisUrl: stores.redis?.url,
          secrets: stores.secrets[server],
          origins: originsOf(options.ports.page),
        },
        options.env,
      ),
    })
  type Servers = [RunningServer, RunningServer]
  const [session, jwt] = await started.add<Servers>(start('session'), start('jwt'))
  return [
    { strategy: strategy('session'), server: session },
    { strategy: strategy('jwt'), server: jwt },
  ]
}

function originsOf(port: number): string[] {
  return [`http://localhost:${port}`, `http://127.0.0.1:${port}`]
}

function recorded({ server, strategy }: StartedStrategy): RecordedServer {
  return { url: server.url, pid: server.pid, strategy: strategy.id, state: strategy.state }
}
