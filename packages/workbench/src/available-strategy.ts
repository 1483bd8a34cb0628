import { strategyById } from './strategies.js'
import type { Promises, Strategy } from './strategy.js'

/**
 * The strategy as it can run here. Without a Redis, what would live there lives in PostgreSQL: the
 * session server takes `session-postgres`, the JWT strategies keep their id and move their state.
 */
export function availableStrategy(wanted: Strategy, hasRedis: boolean): Strategy {
  if (hasRedis) return wanted
  if (wanted.env['SESSION_STORE'] === 'redis') return strategyById('session-postgres')
  if (wanted.env['REFRESH_STORE'] !== 'redis') return wanted
  return {
    ...wanted,
    state: wanted.state.replace('in Redis', 'in PostgreSQL'),
    env: { ...wanted.env, REFRESH_STORE: 'postgres' },
    promises: inPostgres(wanted.promises),
  }
}

function inPostgres(promises: Promises): Promises {
  const { sql, redis } = promises.identityCost
  return {
    ...promises,
    stateIn: 'postgres',
    withoutRedis: 'served',
    identityCost: { sql: sql + redis, redis: 0 },
  }
}
