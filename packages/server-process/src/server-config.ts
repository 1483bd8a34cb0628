import { checkPostgresUrl, POSTGRES_URL_FORM } from '@session-vs-jwt/stores/postgres'
import { parseRedisUrl, REDIS_URL_FORMS } from '@session-vs-jwt/stores/redis'
import type { LoginAttemptsLimit } from '@session-vs-jwt/users'
import type { TraceDetail } from '@session-vs-jwt/request-trace'
import type { EnvReader } from './env-reader.js'

/** Settings that both servers have. */
export interface ServerConfig {
  readonly host: string
  readonly port: number
  readonly databaseUrl: string
  /** A replica of the same database, for reads that may lag. */
  readonly databaseReplicaUrl: string | undefined
  /** Without a Redis, what is shared between processes lives in PostgreSQL. */
  readonly redisUrl: string | undefined
  /** Multiplies how long a request may take to arrive, and wait for a store or for its turn to hash. Only tests set it. */
  readonly timeoutFactor: number
  readonly bcryptCost: number
  readonly loginAttempts: LoginAttemptsLimit
  /** Origins whose pages may use this server from a browser, as browsers write them. */
  readonly allowedOrigins: readonly string[]
  /** Whether clients reach this server over https. */
  readonly https: boolean
  readonly serverTiming: boolean
  readonly traceEvents: TraceDetail | 'off'
  readonly logLevel: string
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost'])

export function readServerConfig(
  env: EnvReader,
  server: string,
  defaultPort: number,
): ServerConfig {
  const host = env.optional('HOST') ?? '127.0.0.1'
  const traceEvents = env.choice('TRACE_EVENTS', ['off', 'masked', 'whole'], 'the event stream')
  if (traceEvents === 'whole' && !LOOPBACK.has(host)) {
    env.refuse('TRACE_EVENTS', 'is "whole", which shows credentials', {
      neededBy: 'the lab on this machine alone',
      howTo: 'set HOST=127.0.0.1, or TRACE_EVENTS=masked',
    })
  }
  const isTest = env.optional('NODE_ENV') === 'test'
  return {
    host,
    port: env.integer('PORT', defaultPort, 0, 65_535, server),
    databaseUrl: env.address('DATABASE_URL', checkPostgresUrl, {
      neededBy: 'users and posts',
      howTo: `"npm start" brings a PostgreSQL of its own; or ${POSTGRES_URL_FORM}`,
    }),
    databaseReplicaUrl: readReplicaUrl(env),
    redisUrl: readRedisUrl(env),
    timeoutFactor: env.integer(
      'TIMEOUT_FACTOR',
      1,
      1,
      isTest ? 100 : 1,
      'tests that are not about time limits (NODE_ENV=test)',
    ),
    bcryptCost: env.integer('BCRYPT_COST', 12, isTest ? 4 : 10, 16, 'password hashes'),
    loginAttempts: {
      failures: env.integer('LOGIN_FAILURES', 10, 1, 1_000_000, 'the limit of failed logins'),
      windowSeconds: env.integer('LOGIN_WINDOW_SECONDS', 900, 1, 86_400, 'the same limit'),
    },
    allowedOrigins: env.origins('ALLOWED_ORIGINS', 'pages on another origin'),
    https: env.choice('PUBLIC_SCHEME', ['http', 'https'], 'cookies and HSTS') === 'https',
    serverTiming: env.choice('SERVER_TIMING', ['on', 'off'], 'the Server-Timing header') === 'on',
    traceEvents,
    logLevel: env.choice(
      'LOG_LEVEL',
      ['info', 'silent', 'fatal', 'error', 'warn', 'debug', 'trace'],
      'the log',
    ),
  }
}

function readReplicaUrl(env: EnvReader): string | undefined {
  if (env.optional('DATABASE_REPLICA_URL') === undefined) return undefined
  return env.address('DATABASE_REPLICA_URL', checkPostgresUrl, {
    neededBy: 'GET /users, which may lag',
    howTo: `${POSTGRES_URL_FORM} of a replica; or leave it out`,
  })
}

function readRedisUrl(env: EnvReader): string | undefined {
  if (env.optional('REDIS_URL') === undefined) return undefined
  return env.address('REDIS_URL', parseRedisUrl, {
    neededBy: 'the counters of failed logins, sessions and refresh families',
    howTo: `"npm start" looks for a Redis; or ${REDIS_URL_FORMS}; or leave it out`,
  })
}
