import { describe, expect, it } from 'vitest'
import {
  availableStrategy,
  jwtStrategies,
  sessionStrategies,
  strategies,
  strategyById,
} from '../src/index.js'

describe('strategies', () => {
  it('are the nine of the design, the defaults first', () => {
    expect(sessionStrategies.map(({ id }) => id)).toEqual([
      'session-redis',
      'session-postgres',
      'session-memory',
      'session-cookie',
    ])
    expect(jwtStrategies.map(({ id }) => id)).toEqual([
      'jwt-rotating',
      'jwt-stateless',
      'jwt-denylist',
      'jwt-valid-after',
      'jwt-user-lookup',
    ])
  })

  it.each(strategies)(
    '$id belongs to the server that its id begins with',
    ({ id, server, env }) => {
      expect(id.startsWith(server)).toBe(true)
      const variables = server === 'session' ? ['SESSION_STORE'] : ['REFRESH_STORE', 'REVOCATION']
      expect(Object.keys(env)).toEqual(variables)
    },
  )

  it('need the stores that the design says, for the identity', () => {
    const costs = strategies.map(({ id, promises: { identityCost } }) => [
      id,
      `${identityCost.sql}/${identityCost.redis}`,
    ])
    expect(Object.fromEntries(costs)).toEqual({
      'session-redis': '0/1',
      'session-postgres': '1/0',
      'session-memory': '0/0',
      'session-cookie': '0/0',
      'jwt-rotating': '0/0',
      'jwt-stateless': '0/0',
      'jwt-denylist': '0/1',
      'jwt-valid-after': '0/1',
      'jwt-user-lookup': '1/0',
    })
  })

  it.each(strategies)(
    '$id needs Redis for the identity, or is served without it',
    ({ promises }) => {
      const expected = promises.identityCost.redis > 0 ? 'unavailable' : 'served'
      expect(promises.withoutRedis).toBe(expected)
    },
  )

  it('names those there are, for an id that is none', () => {
    expect(() => strategyById('jwt-magic')).toThrow(
      /no strategy "jwt-magic".*session-redis.*jwt-user-lookup/,
    )
  })
})

describe('a strategy without a Redis', () => {
  it('is session-postgres in place of session-redis', () => {
    expect(availableStrategy(strategyById('session-redis'), false).id).toBe('session-postgres')
  })

  it('keeps the state of the JWT server in PostgreSQL', () => {
    const { id, env, state, promises } = availableStrategy(strategyById('jwt-denylist'), false)
    expect(id).toBe('jwt-denylist')
    expect(env).toEqual({ REFRESH_STORE: 'postgres', REVOCATION: 'denylist' })
    expect(state).not.toContain('Redis')
    expect(promises.identityCost).toEqual({ sql: 1, redis: 0 })
    expect(promises.withoutRedis).toBe('served')
  })

  it.each(strategies)('$id asks for none', ({ id }) => {
    const { env } = availableStrategy(strategyById(id), false)
    expect(Object.values(env)).not.toContain('redis')
  })

  it.each(strategies)('$id is what it is where there is one', (strategy) => {
    expect(availableStrategy(strategy, true)).toBe(strategy)
  })
})
