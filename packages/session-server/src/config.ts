import {
  type Env,
  EnvReader,
  MAKE_SECRET,
  readServerConfig,
  type ServerConfig,
} from '@session-vs-jwt/server-process'

export type SessionStoreKind = 'redis' | 'postgres' | 'memory' | 'cookie'

export interface SessionConfig extends ServerConfig {
  readonly store: SessionStoreKind
  /** Keys of signed cookies. The first one signs. Empty where a store keeps the sessions. */
  readonly cookieSecrets: readonly Buffer[]
  /** Seconds without a request after which a session ends. */
  readonly idleSeconds: number
  /** Seconds after the login at which a session ends in any case. */
  readonly absoluteSeconds: number
}

/**
 * Settings of the session server, all checked at once.
 *
 * @throws {ConfigError} naming every setting that is missing or wrong
 */
export function loadConfig(variables: Env): SessionConfig {
  const env = new EnvReader(variables)
  const shared = readServerConfig(env, 'the session server', 3001)
  const store = env.choice('SESSION_STORE', ['redis', 'postgres', 'memory', 'cookie'], 'sessions')
  if (store === 'redis' && shared.redisUrl === undefined) {
    env.refuse('REDIS_URL', 'is not set', {
      neededBy: 'SESSION_STORE=redis',
      howTo: 'set it to redis://host:port, or keep sessions elsewhere: SESSION_STORE=postgres',
    })
  }
  return env.finish('session server', {
    ...shared,
    store,
    cookieSecrets: store === 'cookie' ? readCookieSecrets(env) : [],
    idleSeconds: env.integer('SESSION_IDLE_SECONDS', 1_800, 1, 2_592_000, 'sessions'),
    absoluteSeconds: env.integer('SESSION_ABSOLUTE_SECONDS', 28_800, 1, 31_536_000, 'sessions'),
  })
}

/** The current key, and the previous one for as long as browsers hold cookies that it signed. */
function readCookieSecrets(env: EnvReader): Buffer[] {
  const setting = {
    neededBy: 'SESSION_STORE=cookie, to sign the cookie that carries the session',
    howTo: `at least 32 random bytes in base64url: ${MAKE_SECRET}`,
  }
  const previous = env.optional('SESSION_COOKIE_PREVIOUS_SECRET')
  return [
    env.secret('SESSION_COOKIE_SECRET', setting),
    ...(previous === undefined ? [] : [env.secret('SESSION_COOKIE_PREVIOUS_SECRET', setting)]),
  ]
}
