import type { Strategy } from '../strategy.js'

type Env = Readonly<Record<string, string | undefined>>

/** What a server is told: everything that it knows about where it is. */
export interface ServerSettings {
  readonly strategy: Strategy
  readonly port: number
  readonly databaseUrl: string
  readonly redisUrl: string | undefined
  readonly secrets: Readonly<Record<string, string>>
  /** Origins of the pages that may call the server from a browser. */
  readonly origins: readonly string[]
}

/** What a Node.js process needs of the machine that it runs on. */
const OF_THE_MACHINE = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ', 'NODE_EXTRA_CA_CERTS']

/** Of `env`, what any process needs to run here, and nothing else. */
export function machineEnvironment(env: Env): Record<string, string> {
  return pick(env, OF_THE_MACHINE)
}

/** Settings of the servers that whoever starts the workbench may choose. No secret is among them. */
const TO_CHOOSE = [
  'BCRYPT_COST',
  'LOGIN_FAILURES',
  'LOGIN_WINDOW_SECONDS',
  'SESSION_IDLE_SECONDS',
  'SESSION_ABSOLUTE_SECONDS',
  'ACCESS_TOKEN_SECONDS',
  'REFRESH_TOKEN_SECONDS',
  'REFRESH_FAMILY_SECONDS',
  'REFRESH_POLICY',
  'REFRESH_GRACE_SECONDS',
  'CLOCK_TOLERANCE_SECONDS',
  'JWT_REMEMBER_VERIFIED',
  'SERVER_TIMING',
  'LOG_LEVEL',
  'UV_THREADPOOL_SIZE',
]

/** For tests that start a whole workbench on a busy machine; a server refuses them without `NODE_ENV=test`. */
const FOR_TESTS = ['NODE_ENV', 'TIMEOUT_FACTOR']

/** The whole environment of a server on loopback: nothing else of `parent` reaches it. */
export function serverEnvironment(settings: ServerSettings, parent: Env): Record<string, string> {
  const { strategy, port, databaseUrl, redisUrl, secrets, origins } = settings
  return {
    LOG_LEVEL: 'warn',
    ...pick(parent, [...OF_THE_MACHINE, ...TO_CHOOSE]),
    ...(parent['TIMEOUT_FACTOR'] && pick(parent, FOR_TESTS)),
    HOST: '127.0.0.1',
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    // A replica of another database would answer for the wrong one.
    ...(parent['DATABASE_URL'] === databaseUrl && pick(parent, ['DATABASE_REPLICA_URL'])),
    ...(redisUrl !== undefined && { REDIS_URL: redisUrl }),
    ALLOWED_ORIGINS: origins.join(','),
    TRACE_EVENTS: 'whole',
    ...secrets,
    ...strategy.env,
  }
}

function pick(env: Env, names: readonly string[]): Record<string, string> {
  const given = names.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []))
  return Object.fromEntries(given)
}
