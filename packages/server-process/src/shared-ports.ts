import { PostgresPosts, postsTable } from '@session-vs-jwt/posts'
import {
  checkReplica,
  connectPostgres,
  type PostgresConnection,
  PostgresSetupError,
  replicaFirst,
  type SqlClient,
  tableAccess,
  type TableUse,
} from '@session-vs-jwt/stores/postgres'
import {
  connectRedis,
  keyAccess,
  type KeyUse,
  type RedisConnection,
} from '@session-vs-jwt/stores/redis'
import {
  everyMinute,
  oncePerKey,
  repeat,
  type RepeatedWork,
  storeFailure,
  type WorkListener,
} from '@session-vs-jwt/stores'
import {
  createPasswordHasher,
  defineLoginAttempts,
  type DeviceStore,
  finishDueRevocations,
  LOGIN_ATTEMPTS_KEYS,
  type LoginAttemptsRedis,
  loginAttemptsTable,
  pendingRevocationsTable,
  postgresLoginAttempts,
  PostgresUsers,
  redisLoginAttempts,
  removeExpiredAttempts,
  usersTable,
} from '@session-vs-jwt/users'
import type { RequestPorts } from '@session-vs-jwt/http-edge'
import {
  describeCommand,
  describeSecretCall,
  describeStatement,
  type PortMakers,
  type PortsFor,
  traceCalls,
} from '@session-vs-jwt/request-trace'
import type { ServerConfig } from './server-config.js'
import type { Logger } from './logger.js'

/** The tables and keys of a server, beside those of both servers. */
export interface StoreUses {
  readonly tables: readonly TableUse[]
  readonly keys: readonly KeyUse[]
}

/** The connections of a server, and the ports that both servers make of them. */
export interface SharedPorts {
  /** PostgreSQL as one request sees it: recorded in its trace. */
  readonly sql: PortsFor<SqlClient>
  readonly redis: RedisConnection | undefined
  readonly ports: PortMakers<RequestPorts>
  /** Logs that a key holds nothing that the server can read: once, however many requests meet it. */
  readonly onUnreadable: (key: string) => void
  /** Work beside the requests, until {@link close}. */
  readonly everyMinute: (what: string, work: CleanUp) => void
  /** Logs out the devices that interrupted password changes have left logged in, until {@link close}. */
  readonly finishRevocations: (devices: DeviceStore | undefined) => void
  readonly close: () => Promise<void>
}

const REVOCATIONS_EVERY_MS = 5_000

type CleanUp = (signal: AbortSignal) => Promise<void>

/** Connects, and wraps from outside what the ports call. A store that is down now may come later. */
export async function connectSharedPorts(
  config: ServerConfig,
  logger: Logger,
  uses: StoreUses,
): Promise<SharedPorts> {
  const lost = (store: string) => (err: Error) =>
    logger.warn({ err, store, fix: storeFailure(err)?.fix }, 'connection lost')
  const { timeoutFactor } = config
  const postgres = connectPostgres({
    url: config.databaseUrl,
    onIdleError: lost('postgres'),
    timeoutFactor,
  })
  const [redis] = await Promise.all([
    config.redisUrl === undefined
      ? undefined
      : connectRedis({ url: config.redisUrl, onError: lost('redis'), timeoutFactor }),
    postgres.warmUp(),
  ])
  const replica = await connectReplica(config, postgres.sql, logger)
  const traced = (client: SqlClient) => traceCalls('sql', client, ['query'], describeStatement)
  const onAway = (err: Error) => logger.warn({ err }, 'the replica is left alone for a while')
  const sql = traced(postgres.sql)
  const mayLag = replica && traced(replicaFirst(replica.sql, postgres.sql, onAway))
  const repeated: RepeatedWork[] = []
  const everyMinuteLogged = (what: string, work: CleanUp): void => {
    repeated.push(everyMinute(work, cleanUpListener(what, logger)))
  }
  if (!redis) {
    everyMinuteLogged('login attempts', (signal) => removeExpiredAttempts(sql(undefined), signal))
  }
  return {
    sql,
    redis,
    ports: await makeSharedPorts(config, uses, { sql, mayLag: mayLag ?? sql }, redis),
    onUnreadable: oncePerKey((key) =>
      logger.error({ key }, 'a stored login cannot be read: it counts as none until it is deleted'),
    ),
    everyMinute: everyMinuteLogged,
    finishRevocations: (devices) => {
      if (!devices) return
      const users = new PostgresUsers(sql(undefined))
      const work = async () => finishDueRevocations(users, devices)
      const listener = cleanUpListener('devices to log out', logger)
      repeated.push(repeat(REVOCATIONS_EVERY_MS, work, listener))
    },
    close: async () => {
      await Promise.all(repeated.map(async (it) => it.stop()))
      await Promise.all([postgres.close(), replica?.close(), redis?.close()])
    },
  }
}

/** A clean-up that fails every minute is logged once, and once more when it works again. */
function cleanUpListener(what: string, logger: Logger): WorkListener {
  return {
    failed: (err) => logger.error({ err, what, fix: storeFailure(err)?.fix }, 'clean-up failed'),
    succeeded: () => logger.info({ what }, 'clean-up works again'),
  }
}

/** A replica that does not answer now may come later; a wrong one is never asked. */
async function connectReplica(
  { databaseReplicaUrl: url, timeoutFactor }: ServerConfig,
  primary: SqlClient,
  logger: Logger,
): Promise<PostgresConnection | undefined> {
  if (url === undefined) return undefined
  const onIdleError = (err: Error) =>
    logger.warn({ err, store: 'postgres replica' }, 'connection lost')
  const replica = connectPostgres({ url, onIdleError, timeoutFactor })
  try {
    await checkReplica(replica.sql, primary)
    return replica
  } catch (err) {
    logger.warn({ err }, 'DATABASE_REPLICA_URL cannot be used: GET /users asks the primary')
    if (!(err instanceof PostgresSetupError)) return replica
    await replica.close()
    return undefined
  }
}

async function makeSharedPorts(
  config: ServerConfig,
  uses: StoreUses,
  { sql, mayLag }: Record<'sql' | 'mayLag', PortsFor<SqlClient>>,
  redis: RedisConnection | undefined,
): Promise<PortMakers<RequestPorts>> {
  const hasher = await createPasswordHasher({
    cost: config.bcryptCost,
    timeoutFactor: config.timeoutFactor,
  })
  const passwords = traceCalls('hash', hasher, ['hash', 'verify', 'replace'], describeSecretCall)
  const attempts = redis && tracedAttempts(redis)
  const limit = { ...config.loginAttempts, timeoutFactor: config.timeoutFactor }
  const tables = [
    usersTable,
    pendingRevocationsTable,
    postsTable,
    ...uses.tables,
    ...(redis ? [] : [loginAttemptsTable]),
  ]
  const keys = [...LOGIN_ATTEMPTS_KEYS, ...uses.keys]
  const access =
    redis && traceCalls('redis', keyAccess(redis, keys), ['checkAccess'], describeCommand)
  const statement = tableAccess(tables)
  return {
    dependencies: (trace) => [
      { name: 'postgres', ping: () => sql(trace).query(statement) },
      ...(access ? [{ name: 'redis', ping: () => access(trace).checkAccess() }] : []),
    ],
    users: (trace) => new PostgresUsers(sql(trace), mayLag(trace)),
    posts: (trace) => new PostgresPosts(sql(trace)),
    passwords,
    loginAttempts: (trace) =>
      attempts
        ? redisLoginAttempts(attempts(trace), limit)
        : postgresLoginAttempts(sql(trace), limit),
  }
}

function tracedAttempts(redis: RedisConnection): PortsFor<LoginAttemptsRedis> {
  return traceCalls('redis', defineLoginAttempts(redis), ['holdLoginPlace'], describeCommand)
}
