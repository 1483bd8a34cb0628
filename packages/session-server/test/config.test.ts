import { randomBytes } from 'node:crypto'
import { ConfigError } from '@session-vs-jwt/server-process'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../src/config.js'

const COMPLETE = {
  DATABASE_URL: 'postgres://user:canary@localhost/workbench',
  REDIS_URL: 'redis://:canary@localhost:6379',
}
const secret = (bytes = 32): string => randomBytes(bytes).toString('base64url')

function errorOf(env: Record<string, string | undefined>): ConfigError {
  try {
    loadConfig(env)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return error as ConfigError
  }
  throw new Error('was accepted')
}
const refusedOf = (env: Record<string, string | undefined>): string[] =>
  errorOf(env).problems.map((it) => it.name)

describe('the settings of the session server', () => {
  test('have the defaults of the design', () => {
    expect(loadConfig(COMPLETE)).toMatchObject({
      port: 3001,
      store: 'redis',
      cookieSecrets: [],
      idleSeconds: 1_800,
      absoluteSeconds: 28_800,
      https: false,
    })
  })

  test('are each read from a variable of their own', () => {
    const env = {
      SESSION_STORE: 'memory',
      SESSION_IDLE_SECONDS: '1',
      SESSION_ABSOLUTE_SECONDS: '2',
    }
    expect(loadConfig({ ...COMPLETE, ...env })).toMatchObject({
      store: 'memory',
      idleSeconds: 1,
      absoluteSeconds: 2,
    })
  })

  test('need a Redis only where sessions live in it', () => {
    const withoutRedis = { ...COMPLETE, REDIS_URL: undefined }
    expect(refusedOf(withoutRedis)).toStrictEqual(['REDIS_URL'])
    for (const store of ['postgres', 'memory']) {
      expect(loadConfig({ ...withoutRedis, SESSION_STORE: store }).store).toBe(store)
    }
  })

  test('have no default secret for a cookie that carries the session', () => {
    expect(refusedOf({ ...COMPLETE, SESSION_STORE: 'cookie' })).toStrictEqual([
      'SESSION_COOKIE_SECRET',
    ])
  })

  test('take the present secret first, and the one before it', () => {
    const [now, before] = [secret(), secret(64)]
    const env = { ...COMPLETE, SESSION_STORE: 'cookie', SESSION_COOKIE_SECRET: now }
    expect(loadConfig(env).cookieSecrets).toStrictEqual([Buffer.from(now, 'base64url')])
    const rotated = { ...env, SESSION_COOKIE_PREVIOUS_SECRET: before }
    expect(loadConfig(rotated).cookieSecrets).toStrictEqual(
      [now, before].map((it) => Buffer.from(it, 'base64url')),
    )
  })

  test('read no cookie secret where a store keeps the sessions', () => {
    const env = { ...COMPLETE, SESSION_COOKIE_SECRET: secret() }
    expect(loadConfig(env).cookieSecrets).toStrictEqual([])
  })

  test('report all that is wrong at once, and show no secret', () => {
    const [now, before] = [secret(31), secret(16)]
    const env = {
      DATABASE_URL: 'canary',
      REDIS_URL: 'http://:canary@localhost',
      SESSION_COOKIE_SECRET: now,
      SESSION_COOKIE_PREVIOUS_SECRET: before,
      SESSION_IDLE_SECONDS: '0',
      SESSION_ABSOLUTE_SECONDS: 'long',
    }
    const { problems, message } = errorOf({ ...env, SESSION_STORE: 'cookie' })
    expect(problems.map((it) => it.name).toSorted()).toStrictEqual(Object.keys(env).toSorted())
    const told = JSON.stringify([message, problems])
    for (const hidden of ['canary', now, before]) expect(told).not.toContain(hidden)
    expect(refusedOf({ ...COMPLETE, SESSION_STORE: 'disk' })).toStrictEqual(['SESSION_STORE'])
  })
})
