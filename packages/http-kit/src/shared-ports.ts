import { PostgresPosts } from '@session-vs-jwt/posts'
import {
  checkReplica,
  connectPostgres,
  connectRedis,
  everyMinute,
  replicaFirst,
  type PostgresConnection,
  PostgresSetupError,
  type RedisConnection,
  type SqlClient,
} from '@session-vs-jwt/stores'
import {
  createPasswordHasher,
  defineLoginAttempts,
  type LoginAttemptsRedis,
  postgresLoginAttempts,
  PostgresUsers,
  redisLoginAttempts,
  removeExpiredAttempts,
} from '@session-vs-jwt/users'
import type { EdgeConfig } from './edge-config.js'
import type { KitPorts } from './kit-context.js'
import type { Logger } from './logger.js'
import type { PortMakers, PortsFor } from './request-trace.js'
import {
  describeCommand,
  describeSecretCall,
  describeStatement,
  traceCalls,
} from './trace-calls.js'

/** The connections of a server, and the ports that both servers make of them. */
export interface SharedPorts {
  /** PostgreSQL as one request sees it: recorded in its trace. */
  readonly sql: PortsFor<SqlClient>
  readonly redis: RedisConnection | undefined
  readonly ports: PortMakers<KitPorts>
  readonly close: () => Promise<void>
}

/** Connects, and wraps from outside what the ports call. A store that is down now may come later. */
export async function connectSharedPorts(config: EdgeConfig, logger: Logger): Promise<SharedPorts> {
  const lost = (store: string) => (err: Error) => logger.warn({ err, store }, 'connection lost')
  const postgres = connectPostgres({ url: config.databaseUrl, onIdleError: lost('postgres') })
  const [redis] = await Promise.all([
    config.redisUrl === undefined
      ? undefined
      : connectRedis({ url: config.redisUrl, onError: lost('redis') }),
    postgres.warmUp(),
  ])
  const replica = await connectReplica(config, postgres.sql, logger)
  const traced = (client: SqlClient) => traceCalls('sql', client, ['query'], describeStatement)
  const onAway = (err: Error) => logger.warn({ err }, 'the replica is left alone for a while')
  const sql = traced(postgres.sql)
  const mayLag = replica && traced(replicaFirst(replica.sql, postgres.sql, onAway))
  return {
    sql,
    redis,
    ports: await makeSharedPorts(config, { sql, mayLag: mayLag ?? sql }, redis),
    close: async () => {
      await Promise.all([postgres.close(), replica?.close(), redis?.close()])
    },
  }
}

/** A replica that does not answer now may come later; a wrong one is never asked. */
async function connectReplica(
  { databaseReplicaUrl: url }: EdgeConfig,
  primary: SqlClient,
  logger: Logger,
): Promise<PostgresConnection | undefined> {
  if (url === undefined) return undefined
  const onIdleError = (err: Error) =>
    logger.warn({ err, store: 'postgres replica' }, 'connection lost')
  const replica = connectPostgres({ url, onIdleError })
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
  config: EdgeConfig,
  { sql, mayLag }: Record<'sql' | 'mayLag', PortsFor<SqlClient>>,
  redis: RedisConnection | undefined,
): Promise<PortMakers<KitPorts>> {
  const hasher = await createPasswordHasher({ cost: config.bcryptCost })
  const passwords = traceCalls('hash', hasher, ['hash', 'verify'], describeSecretCall)
  const attempts = redis && tracedAttempts(redis)
  if (!attempts) everyMinute(() => removeExpiredAttempts(sql(undefined)))
  const pings = redis && traceCalls('redis', redis, ['ping'], describeCommand)
  return {
    dependencies: (trace) => [
      { name: 'postgres', ping: () => sql(trace).query({ text: 'SELECT 1' }) },
      ...(pings ? [{ name: 'redis', ping: () => pings(trace).ping() }] : []),
    ],
    users: (trace) => new PostgresUsers(sql(trace), mayLag(trace)),
    posts: (trace) => new PostgresPosts(sql(trace)),
    passwords,
    loginAttempts: (trace) =>
      attempts
        ? redisLoginAttempts(attempts(trace), config.loginAttempts)
        : postgresLoginAttempts(sql(trace), config.loginAttempts),
  }
}

function tracedAttempts(redis: RedisConnection): PortsFor<LoginAttemptsRedis> {
  return traceCalls('redis', defineLoginAttempts(redis), ['rlflxIncr'], (_method, args) =>
    describeCommand('countLoginAttempt', args),
  )
}
