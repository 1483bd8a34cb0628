import { createHash } from 'node:crypto'
import { paths } from '@session-vs-jwt/http-contract'
import { redisKeys as familyKeys } from '@session-vs-jwt/jwt-server'
import { redisKeys as sessionKeys } from '@session-vs-jwt/session-server'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Device, loggedIn, registered } from '../device.js'
import { capturedLog, type CapturedLog } from '../captured-log.js'
import { startServer, type TestServer } from '../start-server.js'
import { matrix, strategy } from './matrix.js'

type Json = Record<string, unknown>

let redis: Redis
let sql: Client
beforeAll(async () => {
  redis = new Redis(inject('redisUrl'))
  sql = new Client(inject('databaseUrl'))
  await sql.connect()
})
afterAll(async () => {
  redis.disconnect()
  await sql.end()
})

/** Text that is not JSON, or not a record with the fields of `healthy`. */
const BROKEN: readonly (readonly [string, (healthy: Json) => string])[] = [
  ['broken JSON', (healthy) => JSON.stringify(healthy).slice(0, -1)],
  ['no text', () => ''],
  ...['null', '[]', '{}', '5', '"text"', 'NaN', '[{"userId":1}]'].map(
    (text) => [text, () => text] as const,
  ),
  ...['userId', 'createdAt', 'absoluteUntil', 'userAgent'].map(
    (field) =>
      [
        `no ${field}`,
        (healthy: Json) => JSON.stringify({ ...healthy, [field]: undefined }),
      ] as const,
  ),
  ...Object.entries({
    userId: 5,
    createdAt: 'text',
    absoluteUntil: 1e300,
    userAgent: {},
  }).map(
    ([field, value]) =>
      [
        `${field}: ${JSON.stringify(value)}`,
        (healthy: Json) => JSON.stringify({ ...healthy, [field]: value }),
      ] as const,
  ),
]

/** Every type of key of which Redis says WRONGTYPE. */
const OTHER_TYPES = {
  string: (key: string) => redis.set(key, 'text'),
  list: (key: string) => redis.lpush(key, 'text'),
  hash: (key: string) => redis.hset(key, 'a', 'text'),
  set: (key: string) => redis.sadd(key, 'text'),
}

async function becomes(key: string, type: keyof typeof OTHER_TYPES): Promise<void> {
  await redis.del(key)
  await OTHER_TYPES[type](key)
}

/** What somebody else does to a stored login, and how to see whether it is there. */
interface Login {
  readonly corrupt: () => Promise<unknown>
  readonly exists: () => Promise<boolean>
}

type Corruption = readonly [what: string, of: (userId: string, deviceId: string) => Promise<Login>]

const inRedis = (key: string, corrupt: () => Promise<unknown>): Login => ({
  corrupt,
  exists: async () => (await redis.exists(key)) === 1,
})

async function sessionKey(userId: string, deviceId: string): Promise<string> {
  const { index, member } = sessionKeys({ isCluster: false }, userId)
  return member((await redis.hget(index, deviceId)) ?? '')
}

const REDIS_SESSIONS: readonly Corruption[] = [
  ...BROKEN.map(([what, broken]): Corruption => [
    what,
    async (userId, deviceId) => {
      const key = await sessionKey(userId, deviceId)
      const healthy = JSON.parse((await redis.get(key)) ?? '') as Json
      return inRedis(key, async () => redis.set(key, broken(healthy)))
    },
  ]),
  ...(['list', 'hash', 'set'] as const).map((type): Corruption => [
    `a ${type}`,
    async (userId, deviceId) => {
      const key = await sessionKey(userId, deviceId)
      return inRedis(key, async () => becomes(key, type))
    },
  ]),
]

const REDIS_FAMILIES: readonly Corruption[] = [
  ...BROKEN.map(([what, broken]): Corruption => [
    what,
    async (userId, deviceId) => {
      const key = familyKeys(userId).member(deviceId)
      const healthy = JSON.parse((await redis.hget(key, 'family')) ?? '') as Json
      return inRedis(key, async () => redis.hset(key, 'family', broken(healthy)))
    },
  ]),
  ...(['list', 'string', 'set'] as const).map((type): Corruption => [
    `a ${type}`,
    async (userId, deviceId) => {
      const key = familyKeys(userId).member(deviceId)
      return inRedis(key, async () => becomes(key, type))
    },
  ]),
  ...Object.entries({
    'no family': async (key: string) => redis.hdel(key, 'family'),
    'no end': async (key: string) => redis.hdel(key, 'until'),
    'an end that is not a time': async (key: string) => redis.hset(key, 'until', 'text'),
    'tokens in no known state': async (key: string) => redis.hset(key, await tokensOf(key)),
    'no tokens': async (key: string) => redis.hdel(key, ...Object.keys(await tokensOf(key))),
  }).map(([what, corrupt]): Corruption => [
    what,
    async (userId, deviceId) => {
      const key = familyKeys(userId).member(deviceId)
      return inRedis(key, async () => corrupt(key))
    },
  ]),
]

async function tokensOf(key: string): Promise<Record<string, string>> {
  const fields = Object.keys(await redis.hgetall(key))
  const tokens = fields.filter((it) => it !== 'family' && it !== 'until')
  return Object.fromEntries(tokens.map((it) => [it, 'text']))
}

/** Each sets a column of a row to a value that the column's type allows. */
const inPostgres =
  (table: string, id: string) =>
  ([column, value]: readonly [string, string]): Corruption => [
    `${column} = ${value}`,
    async (userId, deviceId) => ({
      corrupt: async () =>
        sql.query(`UPDATE ${table} SET ${column} = ${value} WHERE user_id = $1 AND ${id} = $2`, [
          userId,
          deviceId,
        ]),
      exists: async () => {
        const text = `SELECT FROM ${table} WHERE user_id = $1 AND ${id} = $2`
        return (await sql.query(text, [userId, deviceId])).rowCount === 1
      },
    }),
  ]

const TIMES = ['infinity', '290000-01-01', '4000-01-01 BC'].map((it) => `'${it}'`)

const POSTGRES_SESSIONS = ['created_at', 'idle_until', 'absolute_until']
  .flatMap((column) => TIMES.map((value) => [column, value] as const))
  .map(inPostgres('sessions', 'device_id'))

const POSTGRES_FAMILIES = [
  ...['created_at', 'live_until', 'absolute_until'].flatMap((column) =>
    TIMES.map((value) => [column, value] as const),
  ),
  ...['null', '[]', '{}', '5', '"text"', '[{"a": null}]', '{"a": null, "b": "text"}'].map(
    (value) => ['tokens', `'${value}'`] as const,
  ),
  ['tokens', `(SELECT jsonb_object_agg(key, '"text"'::jsonb) FROM jsonb_each(tokens))`] as const,
  ['tokens', `(SELECT jsonb_object_agg(key, '{}'::jsonb) FROM jsonb_each(tokens))`] as const,
].map(inPostgres('refresh_families', 'id'))

function corruptionsOf(label: string, server: string): readonly Corruption[] {
  if (label === 'session-redis') return REDIS_SESSIONS
  if (label === 'session-postgres') return POSTGRES_SESSIONS
  if (server === 'session') return []
  return label.endsWith('PostgreSQL') ? POSTGRES_FAMILIES : REDIS_FAMILIES
}

const stored = ['session-redis', 'session-postgres', 'jwt-denylist', 'jwt-denylist on PostgreSQL']
const withLogins = matrix.filter(([label]) => stored.includes(label))

describe.each(withLogins)('%s: an overwritten login', (label, it) => {
  let server: TestServer
  const log: CapturedLog = capturedLog()
  beforeAll(async () => {
    server = await startServer(it, { logger: log.logger })
  })
  afterAll(async () => server.stop())

  /** Those who need the login: a session is read by each request, a family by those that renew. */
  const uses = (device: Device) =>
    it.server === 'session' ? [device.whoami, device.renew] : [device.renew, device.rotate]

  /** Corrupts the login that `device` uses now. */
  async function corruptLogin(device: Device, [, of]: Corruption) {
    const { body } = await device.devices()
    const { id } = body.devices.find((found: { current: boolean }) => found.current)
    const login = await of((await device.whoami()).body.id, id)
    await login.corrupt()
    return { id, ...login }
  }

  const unreadable = () => log.lines.filter(({ text }) => text.includes('cannot be read'))

  async function expectRefusals(device: Device): Promise<void> {
    for (const use of uses(device)) {
      const { status, body } = await use()
      expect([status, body.code]).toEqual([401, 'invalid_credential'])
    }
  }

  async function expectAllWell(device: Device): Promise<void> {
    for (const use of [device.whoami, ...uses(device)]) expect((await use()).status).toBe(200)
  }

  test.each(corruptionsOf(label, it.server))(
    '%s: 401, logged once; a login replaces it, a logout and another device end it',
    async (...corruption) => {
      const { device, account } = await registered(server)
      const other = await loggedIn(server, account)
      log.lines.length = 0
      const { id } = await corruptLogin(device, corruption)
      await expectRefusals(device)
      await expectRefusals(device)
      const { status, body } = await other.devices()
      expect([status, body.devices.map((it: Json) => it['id'] === id)]).toEqual([200, [false]])
      await expectAllWell(other)
      expect(unreadable()).toHaveLength(1)

      expect((await device.login(account)).status).toBe(200)
      await expectAllWell(device)

      const second = await corruptLogin(device, corruption)
      expect(await second.exists()).toBe(true)
      expect((await device.logout()).status).toBe(204)
      expect(await second.exists()).toBe(false)

      expect((await device.login(account)).status).toBe(200)
      const third = await corruptLogin(device, corruption)
      expect((await other.send('DELETE', `${paths.devices}/${third.id}`)).status).toBe(204)
      expect(await third.exists()).toBe(false)
      await expectAllWell(other)
      expect(log.lines.filter(({ level }) => level === 'error')).toEqual(unreadable())
    },
  )
})

const inRedisOnly = withLogins.filter(([label]) => /session-redis|jwt-denylist$/.test(label))

describe.each(inRedisOnly)('%s: the list of a user’s logins has another type', (_label, it) => {
  const types = Object.keys(OTHER_TYPES).filter(
    (type) => type !== (it.server === 'session' ? 'hash' : 'set'),
  ) as (keyof typeof OTHER_TYPES)[]

  test.each(types)('%s: nobody notices, and a logout everywhere reaches all', async (type) => {
    const server = await startServer(it)
    const { device, account } = await registered(server)
    const other = await loggedIn(server, account)
    const userId = (await device.whoami()).body.id
    const { index } =
      it.server === 'session' ? sessionKeys({ isCluster: false }, userId) : familyKeys(userId)
    const corrupt = async () => becomes(index, type)
    await corrupt()
    expect((await device.devices()).body.devices).toHaveLength(2)
    await corrupt()
    expect((await device.rotate()).status).toBe(200)
    await corrupt()
    const third = await loggedIn(server, account)
    await corrupt()
    expect((await third.logout()).status).toBe(204)
    await corrupt()
    expect((await device.logoutAll()).status).toBe(204)
    for (const gone of [device, other, third]) expect((await gone.renew()).status).toBe(401)
    await server.stop()
  })
})

test.each(['text', 'list', 'hash'] as const)(
  'session-redis: an overwritten attempt counter (%s) starts again',
  async (kind) => {
    const server = await startServer(strategy('session-redis'))
    const { account } = await registered(server)
    const hash = createHash('sha256').update(account.email).digest('base64url')
    await becomes(`login-attempts:${hash}`, kind === 'text' ? 'string' : kind)
    const device = await loggedIn(server, account)
    expect((await device.whoami()).status).toBe(200)
    await server.stop()
  },
)

test.each(['text', 'list'] as const)(
  'session-redis: an overwritten note about a replaced id (%s) does no harm',
  async (kind) => {
    const server = await startServer(strategy('session-redis'))
    const { device } = await registered(server)
    const old = device.copy()
    await device.rotate()
    const [, id = ''] = /^sid=(.*)$/.exec(old.access) ?? []
    const hash = createHash('sha256').update(id).digest('base64url')
    await becomes(`replaced-session:${hash}`, kind === 'text' ? 'string' : kind)
    expect((await old.logout()).status).toBe(204)
    expect((await device.whoami()).status).toBe(200)
    await server.stop()
  },
)
