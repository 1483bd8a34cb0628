import { describe, expect, test } from 'vitest'
import { ConfigError, EnvReader } from '../src/env-reader.js'
import { readServerConfig, type ServerConfig } from '../src/server-config.js'

const MINIMAL = { DATABASE_URL: 'postgres://user:canary@localhost/workbench' }

function configOf(env: Record<string, string>): ServerConfig {
  const reader = new EnvReader({ ...MINIMAL, ...env })
  return reader.finish('test server', readServerConfig(reader, 'the test server', 3009))
}

function refusedOf(env: Record<string, string>): string[] {
  try {
    configOf(env)
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as ConfigError).message).not.toContain('canary')
    return (error as ConfigError).problems.map((it) => it.name)
  }
}

describe('the settings of the edge', () => {
  test('have the defaults of the design', () => {
    expect(configOf({})).toStrictEqual({
      host: '127.0.0.1',
      port: 3009,
      databaseUrl: MINIMAL.DATABASE_URL,
      databaseReplicaUrl: undefined,
      redisUrl: undefined,
      timeoutFactor: 1,
      bcryptCost: 12,
      loginAttempts: { failures: 10, windowSeconds: 900 },
      allowedOrigins: [],
      https: false,
      serverTiming: true,
      traceEvents: 'off',
      logLevel: 'info',
    })
  })

  test('are each read from a variable of their own', () => {
    const env = {
      HOST: '::1',
      PORT: '0',
      DATABASE_URL: 'postgresql://localhost/other',
      DATABASE_REPLICA_URL: 'postgres://replica/other',
      REDIS_URL: 'rediss://localhost',
      NODE_ENV: 'test',
      TIMEOUT_FACTOR: '20',
      BCRYPT_COST: '11',
      LOGIN_FAILURES: '3',
      LOGIN_WINDOW_SECONDS: '60',
      ALLOWED_ORIGINS: 'http://localhost:3000',
      PUBLIC_SCHEME: 'https',
      SERVER_TIMING: 'off',
      TRACE_EVENTS: 'masked',
      LOG_LEVEL: 'debug',
    }
    expect(configOf(env)).toStrictEqual({
      host: '::1',
      port: 0,
      databaseUrl: 'postgresql://localhost/other',
      databaseReplicaUrl: 'postgres://replica/other',
      redisUrl: 'rediss://localhost',
      timeoutFactor: 20,
      bcryptCost: 11,
      loginAttempts: { failures: 3, windowSeconds: 60 },
      allowedOrigins: ['http://localhost:3000'],
      https: true,
      serverTiming: false,
      traceEvents: 'masked',
      logLevel: 'debug',
    })
  })

  test.each(['4', '9', '17', '31'])('refuse the bcrypt cost %s outside tests', (cost) => {
    expect(refusedOf({ BCRYPT_COST: cost })).toStrictEqual(['BCRYPT_COST'])
    expect(refusedOf({ BCRYPT_COST: cost, NODE_ENV: 'production' })).toStrictEqual(['BCRYPT_COST'])
  })

  test('take a bcrypt cost of 10 or more everywhere, and of 4 in tests', () => {
    expect(configOf({ BCRYPT_COST: '10' }).bcryptCost).toBe(10)
    expect(configOf({ BCRYPT_COST: '4', NODE_ENV: 'test' }).bcryptCost).toBe(4)
    expect(refusedOf({ BCRYPT_COST: '3', NODE_ENV: 'test' })).toStrictEqual(['BCRYPT_COST'])
  })

  test('take longer time limits in tests only', () => {
    const longer = { TIMEOUT_FACTOR: '2' }
    expect(refusedOf(longer)).toStrictEqual(['TIMEOUT_FACTOR'])
    expect(refusedOf({ ...longer, NODE_ENV: 'production' })).toStrictEqual(['TIMEOUT_FACTOR'])
    expect(configOf({ ...longer, NODE_ENV: 'test' }).timeoutFactor).toBe(2)
  })

  test.each(['127.0.0.1', '::1', 'localhost'])('show whole credentials to %s', (host) => {
    expect(configOf({ HOST: host, TRACE_EVENTS: 'whole' }).traceEvents).toBe('whole')
  })

  test.each(['0.0.0.0', '::', '192.168.1.2', 'localhost.example.org', '127.0.0.1.example.org'])(
    'do not show whole credentials where anybody can connect: %s',
    (host) => {
      expect(refusedOf({ HOST: host, TRACE_EVENTS: 'whole' })).toStrictEqual(['TRACE_EVENTS'])
      expect(configOf({ HOST: host, TRACE_EVENTS: 'masked' }).traceEvents).toBe('masked')
    },
  )

  test('refuse all that is wrong at once, without a password in the message', () => {
    const env = {
      PORT: '65536',
      DATABASE_URL: 'mysql://user:canary@localhost/db',
      DATABASE_REPLICA_URL: 'http://:canary@localhost',
      REDIS_URL: 'http://:canary@localhost',
      BCRYPT_COST: 'high',
      LOGIN_FAILURES: '0',
      LOGIN_WINDOW_SECONDS: '0',
      ALLOWED_ORIGINS: '*',
      PUBLIC_SCHEME: 'ftp',
      SERVER_TIMING: 'yes',
      TRACE_EVENTS: 'all',
      LOG_LEVEL: 'loud',
    }
    expect(refusedOf(env).toSorted()).toStrictEqual(Object.keys(env).toSorted())
  })

  test.each([
    'redis+cluster://:canary@a:7000,b:7001',
    'rediss+sentinel://:canary@a:26379,b:26379/main',
  ])('take a Redis of many servers: %s', (url) => {
    expect(configOf({ REDIS_URL: url }).redisUrl).toBe(url)
  })

  test.each(['redis+cluster://:canary@a:70000', 'redis+sentinel://:canary@a:26379'])(
    'refuse a Redis of many servers that cannot be: %s',
    (url) => {
      expect(refusedOf({ REDIS_URL: url })).toStrictEqual(['REDIS_URL'])
    },
  )

  test.each([
    'postgres://user:canary@localhost:65536/db',
    'postgres://user:canary@localhost/db?port=canary',
    'postgres://user:canary@localhost/db?sslmode=always',
    'postgres://user:canary@localhost/db?sslrootcert=/nowhere/ca.pem',
  ])('refuse a PostgreSQL that pg could not connect to: %s', (url) => {
    const env = { DATABASE_URL: url, DATABASE_REPLICA_URL: url }
    expect(refusedOf(env)).toStrictEqual(['DATABASE_URL', 'DATABASE_REPLICA_URL'])
  })

  test('need a database', () => {
    expect(refusedOf({ DATABASE_URL: '' })).toStrictEqual(['DATABASE_URL'])
  })
})
