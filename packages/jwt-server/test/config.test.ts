import { randomBytes } from 'node:crypto'
import { ConfigError } from '@session-vs-jwt/server-process'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../src/config.js'

const keySet = (kid: string, bytes = 32, k = randomBytes(bytes).toString('base64url')): string =>
  JSON.stringify({ keys: [{ kty: 'oct', alg: 'HS256', kid, k }] })

const COMPLETE = {
  DATABASE_URL: 'postgres://user:canary@localhost/workbench',
  REDIS_URL: 'redis://:canary@localhost:6379',
  JWT_ACCESS_KEYS: keySet('access'),
  JWT_REFRESH_KEYS: keySet('refresh'),
}

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

describe('the settings of the JWT server', () => {
  test('have the defaults of the design', () => {
    expect(loadConfig(COMPLETE)).toMatchObject({
      port: 3002,
      refreshStore: 'redis',
      revocation: 'none',
      accessKeys: { current: { kid: 'access' } },
      refreshKeys: { current: { kid: 'refresh' } },
      issuer: 'session-vs-jwt',
      audience: 'session-vs-jwt',
      accessSeconds: 300,
      refreshSeconds: 3_600,
      familySeconds: 28_800,
      refreshPolicy: 'strict',
      graceSeconds: 0,
      clockTolerance: 0,
      rememberVerified: false,
    })
  })

  test('are each read from a variable of their own', () => {
    const env = {
      ...COMPLETE,
      REFRESH_STORE: 'postgres',
      REVOCATION: 'denylist',
      JWT_ISSUER: 'https://issuer.example',
      JWT_AUDIENCE: 'https://api.example',
      ACCESS_TOKEN_SECONDS: '1',
      REFRESH_TOKEN_SECONDS: '2',
      REFRESH_FAMILY_SECONDS: '3',
      REFRESH_POLICY: 'same-successor',
      REFRESH_GRACE_SECONDS: '4',
      CLOCK_TOLERANCE_SECONDS: '5',
      JWT_REMEMBER_VERIFIED: 'on',
    }
    expect(loadConfig(env)).toMatchObject({
      refreshStore: 'postgres',
      revocation: 'denylist',
      issuer: 'https://issuer.example',
      audience: 'https://api.example',
      accessSeconds: 1,
      refreshSeconds: 2,
      familySeconds: 3,
      refreshPolicy: 'same-successor',
      graceSeconds: 4,
      clockTolerance: 5,
      rememberVerified: true,
    })
  })

  test('have no default secret: every missing one is named at once, with its use', () => {
    const { problems, message } = errorOf({})
    expect(problems.map((it) => it.name)).toStrictEqual([
      'DATABASE_URL',
      'REDIS_URL',
      'JWT_ACCESS_KEYS',
      'JWT_REFRESH_KEYS',
    ])
    for (const it of problems) {
      expect(it.problem).toBe('is not set')
      expect(it.neededBy).not.toBe('')
      expect(it.howTo).not.toBe('')
    }
    expect(message).toContain('REFRESH_STORE=postgres')
  })

  test('report all that is wrong at once, and show no secret', () => {
    const secret = randomBytes(31).toString('base64url')
    const env = {
      DATABASE_URL: 'mysql://user:canary@localhost/db',
      REDIS_URL: 'http://:canary@localhost',
      REFRESH_STORE: 'disk',
      REVOCATION: 'always',
      JWT_ACCESS_KEYS: keySet('weak', 31, secret),
      JWT_REFRESH_KEYS: 'canary',
      ACCESS_TOKEN_SECONDS: '0',
      REFRESH_TOKEN_SECONDS: '-1',
      REFRESH_FAMILY_SECONDS: '1h',
      REFRESH_POLICY: 'lenient',
      REFRESH_GRACE_SECONDS: '61',
      CLOCK_TOLERANCE_SECONDS: '61',
      JWT_REMEMBER_VERIFIED: 'yes',
    }
    const { problems, message } = errorOf(env)
    expect(problems.map((it) => it.name).toSorted()).toStrictEqual(Object.keys(env).toSorted())
    const told = JSON.stringify([message, problems])
    expect(told).not.toContain('canary')
    expect(told).not.toContain(secret)
    expect(message).toContain('JWT_ACCESS_KEYS has a secret under 32 bytes: "weak"')
  })

  test('need a Redis only where families live in it', () => {
    const withoutRedis = { ...COMPLETE, REDIS_URL: undefined }
    expect(refusedOf(withoutRedis)).toStrictEqual(['REDIS_URL'])
    for (const kind of ['postgres', 'none']) {
      const config = loadConfig({ ...withoutRedis, REFRESH_STORE: kind })
      expect(config).toMatchObject({ refreshStore: kind, redisUrl: undefined })
    }
  })

  test('have a grace period if the policy needs one, and only then', () => {
    const { message } = errorOf({ ...COMPLETE, REFRESH_GRACE_SECONDS: '10' })
    expect(message).toContain(
      'set REFRESH_POLICY to refuse-quietly, same-successor, separate-branch',
    )
    for (const policy of ['refuse-quietly', 'same-successor', 'separate-branch']) {
      const env = { ...COMPLETE, REFRESH_POLICY: policy }
      expect(errorOf(env).message).toContain('set REFRESH_GRACE_SECONDS to 1 or more')
      const config = loadConfig({ ...env, REFRESH_GRACE_SECONDS: '10' })
      expect(config).toMatchObject({ refreshPolicy: policy, graceSeconds: 10 })
    }
  })

  test.each(['denylist', 'valid-after'])('refuse %s without a store', (revocation) => {
    const env = { ...COMPLETE, REVOCATION: revocation }
    expect(refusedOf({ ...env, REFRESH_STORE: 'none' })).toStrictEqual(['REVOCATION'])
    expect(loadConfig({ ...env, REFRESH_STORE: 'redis' }).revocation).toBe(revocation)
    expect(loadConfig({ ...env, REFRESH_STORE: 'postgres' }).revocation).toBe(revocation)
  })

  test('allow a look at the user without a store of families', () => {
    const env = { ...COMPLETE, REVOCATION: 'user-lookup', REFRESH_STORE: 'none' }
    expect(loadConfig(env)).toMatchObject({ revocation: 'user-lookup', refreshStore: 'none' })
  })
})

test('one secret for access and refresh tokens is refused (DESIGN, Defaults: one for each purpose)', () => {
  const keys = JSON.stringify({
    keys: [{ kty: 'oct', alg: 'HS256', kid: '1', k: Buffer.alloc(32, 7).toString('base64url') }],
  })
  const env = {
    DATABASE_URL: 'postgres://h/d',
    REDIS_URL: 'redis://h',
    JWT_ACCESS_KEYS: keys,
    JWT_REFRESH_KEYS: keys,
  }
  expect(() => loadConfig(env)).toThrow(/JWT_REFRESH_KEYS/)
})
