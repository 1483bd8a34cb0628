import type { JwtStrategyId, ServerKind, SessionStrategyId, Strategy } from './strategy.js'
import { WorkbenchError } from './workbench-error.js'

/** The session server's strategies; the first is its default. */
export const sessionStrategies: readonly (Strategy & { id: SessionStrategyId })[] = [
  {
    id: 'session-redis',
    server: 'session',
    title: 'Session in Redis',
    state: 'sessions in Redis; the cookie holds a random id',
    env: { SESSION_STORE: 'redis' },
    promises: {
      stateIn: 'redis',
      afterLogout: 'dead-at-once',
      afterUserDeleted: 'dead-at-once',
      spentCredential: 'refused',
      afterRestart: 'kept',
      secondInstance: 'knows-it',
      balanced: 'known-everywhere',
      rollingRestart: 'kept',
      withoutRedis: 'unavailable',
      clientCanRead: false,
      devices: true,
      identityCost: { sql: 0, redis: 1 },
    },
  },
  {
    id: 'session-postgres',
    server: 'session',
    title: 'Session in PostgreSQL',
    state: 'sessions in PostgreSQL; the cookie holds a random id',
    env: { SESSION_STORE: 'postgres' },
    promises: {
      stateIn: 'postgres',
      afterLogout: 'dead-at-once',
      afterUserDeleted: 'dead-at-once',
      spentCredential: 'refused',
      afterRestart: 'kept',
      secondInstance: 'knows-it',
      balanced: 'known-everywhere',
      rollingRestart: 'kept',
      withoutRedis: 'served',
      clientCanRead: false,
      devices: true,
      identityCost: { sql: 1, redis: 0 },
    },
  },
  {
    id: 'session-memory',
    server: 'session',
    title: 'Session in the process',
    state: 'sessions in the memory of the server process; the cookie holds a random id',
    env: { SESSION_STORE: 'memory' },
    promises: {
      stateIn: 'process',
      afterLogout: 'dead-at-once',
      afterUserDeleted: 'dead-at-once',
      spentCredential: 'refused',
      afterRestart: 'lost',
      secondInstance: 'does-not',
      balanced: 'known-at-one',
      rollingRestart: 'lost',
      withoutRedis: 'served',
      clientCanRead: false,
      devices: true,
      identityCost: { sql: 0, redis: 0 },
    },
  },
  {
    id: 'session-cookie',
    server: 'session',
    title: 'Session in a signed cookie',
    state: 'none on the server: the signed cookie is the session',
    env: { SESSION_STORE: 'cookie' },
    promises: {
      stateIn: 'credential',
      afterLogout: 'lives-until-expiry',
      afterUserDeleted: 'lives-until-expiry',
      spentCredential: 'still-works',
      afterRestart: 'kept',
      secondInstance: 'knows-it',
      balanced: 'known-everywhere',
      rollingRestart: 'kept',
      withoutRedis: 'served',
      clientCanRead: true,
      devices: false,
      identityCost: { sql: 0, redis: 0 },
    },
  },
]

/** The JWT server's strategies, with their state in Redis; the first is its default. */
export const jwtStrategies: readonly (Strategy & { id: JwtStrategyId })[] = [
  {
    id: 'jwt-rotating',
    server: 'jwt',
    title: 'Access token and rotating refresh token',
    state: 'refresh token families in Redis; access tokens nowhere',
    env: { REFRESH_STORE: 'redis', REVOCATION: 'none' },
    promises: {
      stateIn: 'redis',
      afterLogout: 'lives-until-expiry',
      afterUserDeleted: 'lives-until-expiry',
      spentCredential: 'refused',
      afterRestart: 'kept',
      secondInstance: 'knows-it',
      balanced: 'known-everywhere',
      rollingRestart: 'kept',
      withoutRedis: 'served',
      clientCanRead: true,
      devices: true,
      identityCost: { sql: 0, redis: 0 },
    },
  },
  {
    id: 'jwt-stateless',
    server: 'jwt',
    title: 'Tokens without any state',
    state: 'none on the server (what most tutorials build)',
    env: { REFRESH_STORE: 'none', REVOCATION: 'none' },
    promises: {
      stateIn: 'credential',
      afterLogout: 'lives-until-expiry',
      afterUserDeleted: 'lives-until-expiry',
      spentCredential: 'still-works',
      afterRestart: 'kept',
      secondInstance: 'knows-it',
      balanced: 'known-everywhere',
      rollingRestart: 'kept',
      withoutRedis: 'served',
      clientCanRead: true,
      devices: false,
      identityCost: { sql: 0, redis: 0 },
    },
  },
  {
    id: 'jwt-denylist',
    server: 'jwt',
    title: 'Rotating, and revoked access tokens are remembered',
    state: 'refresh token families and revoked access tokens in Redis',
    env: { REFRESH_STORE: 'redis', REVOCATION: 'denylist' },
    promises: {
      stateIn: 'redis',
      afterLogout: 'dead-at-once',
      afterUserDeleted: 'dead-at-once',
      spentCredential: 'refused',
      afterRestart: 'kept',
      secondInstance: 'knows-it',
      balanced: 'known-everywhere',
      rollingRestart: 'kept',
      withoutRedis: 'unavailable',
      clientCanRead: true,
      devices: true,
      identityCost: { sql: 0, redis: 1 },
    },
  },
  {
    id: 'jwt-user-lookup',
    server: 'jwt',
    title: 'Rotating, and the user is read at every request',
    state: 'refresh token families in Redis; the user row is read at every request',
    env: { REFRESH_STORE: 'redis', REVOCATION: 'user-lookup' },
    promises: {
      stateIn: 'redis',
      afterLogout: 'lives-until-expiry',
      afterUserDeleted: 'dead-at-once',
      spentCredential: 'refused',
      afterRestart: 'kept',
      secondInstance: 'knows-it',
      balanced: 'known-everywhere',
      rollingRestart: 'kept',
      withoutRedis: 'served',
      clientCanRead: true,
      devices: true,
      identityCost: { sql: 1, redis: 0 },
    },
  },
]

/** All eight. */
export const strategies: readonly Strategy[] = [...sessionStrategies, ...jwtStrategies]

/** Those that one server can have. */
export function strategiesOf(server: ServerKind): readonly Strategy[] {
  return server === 'session' ? sessionStrategies : jwtStrategies
}

/** @throws {WorkbenchError} for an id that is none, with a list of those there are */
export function strategyById(id: string): Strategy {
  const strategy = strategies.find((it) => it.id === id)
  if (strategy) return strategy
  const known = strategies.map((it) => it.id).join(', ')
  throw new WorkbenchError(`There is no strategy "${id}". There are: ${known}.`, 2)
}
