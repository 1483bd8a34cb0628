import { type FamilySettings, PostgresRefreshFamilies, redisKeys } from '@session-vs-jwt/jwt-server'
import { connectPostgres, type PostgresConnection } from '@session-vs-jwt/stores/postgres'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type CapturedLog, capturedLog } from '../captured-log.js'
import { Device, loggedIn, registered } from '../device.js'
import { startServer, type TestServer } from '../start-server.js'
import { strategy } from './matrix.js'

const RACES = 10
const ACCESS_MS = 300_000
/** For clocks that are wrong. */
const MARGIN_MS = 3_600_000

let redis: Redis
let sql: Client
let postgres: PostgresConnection
const SETTINGS: FamilySettings = {
  clock: () => new Date(),
  policy: 'strict',
  denyMs: 0,
  generationMs: MARGIN_MS,
  onUnreadable: () => undefined,
}
beforeAll(async () => {
  postgres = connectPostgres({
    url: inject('databaseUrl'),
    timeoutFactor: inject('timeoutFactor'),
  })
  redis = new Redis(inject('redisUrl'))
  sql = new Client(inject('databaseUrl'))
  await sql.connect()
})
afterAll(async () => {
  redis?.disconnect()
  await sql?.end()
  await postgres?.close()
})

/** What a store knows of a user's generation: when it began, and for how long that is remembered. */
interface Stored {
  readonly began: number
  readonly leftMs: number
}

const stores = {
  'jwt-valid-after': {
    async read(userId: string): Promise<Stored> {
      const key = redisKeys(userId).generation
      return { began: Number(await redis.get(key)), leftMs: await redis.pttl(key) }
    },
    async write(userId: string, began: number): Promise<void> {
      await redis.set(redisKeys(userId).generation, began)
    },
  },
  'jwt-valid-after on PostgreSQL': {
    async read(userId: string): Promise<Stored> {
      const { rows } = await sql.query('SELECT * FROM generations WHERE user_id = $1', [userId])
      const [{ began, until }] = rows
      return { began: Number(began), leftMs: until.getTime() - Date.now() }
    },
    async write(userId: string, began: number): Promise<void> {
      const text = `INSERT INTO generations VALUES ($1, $2, now() + interval '1 hour')`
      await sql.query(text, [userId, began])
    },
  },
} as const

describe.each(Object.entries(stores))('%s', (label, store) => {
  let server: TestServer
  const log: CapturedLog = capturedLog()
  beforeAll(async () => {
    server = await startServer(strategy(label), { logger: log.logger })
  })
  afterAll(async () => server?.stop())

  test('a generation begins now, and is stored until the tokens of earlier ones have expired', async () => {
    const { device } = await registered(server)
    const userId = (await device.whoami()).body.id
    expect((await device.logoutAll()).status).toBe(204)
    const { began, leftMs } = await store.read(userId)
    expect(Math.abs(Date.now() - began)).toBeLessThan(MARGIN_MS)
    expect(leftMs).toBeGreaterThan(MARGIN_MS)
    expect(leftMs).toBeLessThanOrEqual(MARGIN_MS + 2 * ACCESS_MS)
  })

  test('a generation is later than the one before, even if the clock of the store was set back', async () => {
    const { device, account } = await registered(server)
    const userId = (await device.whoami()).body.id
    const future = Date.now() + MARGIN_MS
    await store.write(userId, future)
    expect((await device.whoami()).status).toBe(401)
    const next = await loggedIn(server, account)
    expect((await next.logoutAll()).status).toBe(204)
    expect((await store.read(userId)).began).toBe(future + 1)
    expect((await next.whoami()).status).toBe(401)
    expect((await (await loggedIn(server, account)).whoami()).status).toBe(200)
  })

  test('a login that overlaps a logout everywhere has no access token without a family', async () => {
    for (let race = 0; race < RACES; race += 1) {
      const { device, account } = await registered(server)
      const late = new Device(server)
      const [ended] = await Promise.all([device.logoutAll(), late.login(account)])
      expect(ended.status).toBe(204)
      const isServed = (await late.whoami()).status === 200
      const renews = (await late.renew()).status === 200
      expect([isServed, renews]).not.toEqual([true, false])
    }
  })
})

test.each([
  ['text', async (key: string) => redis.set(key, 'text')],
  ['nothing', async (key: string) => redis.set(key, '')],
  ['a fraction', async (key: string) => redis.set(key, '1.5')],
  ['a list', async (key: string) => redis.lpush(key, 'text')],
])(
  'jwt-valid-after: %s in the place of a generation refuses every token, and is logged once',
  async (_what, overwrite) => {
    const log = capturedLog()
    const server = await startServer(strategy('jwt-valid-after'), { logger: log.logger })
    const { device } = await registered(server)
    const key = redisKeys((await device.whoami()).body.id).generation
    await overwrite(key)
    for (let n = 0; n < 2; n += 1) {
      const { status, body } = await device.whoami()
      expect([status, body.code]).toEqual([401, 'invalid_credential'])
    }
    expect(log.lines.filter(({ text }) => text.includes('cannot be read'))).toHaveLength(1)
    await redis.del(key)
    expect((await device.whoami()).status).toBe(200)
    await server.stop()
  },
)

test.each(['-1', '9223372036854775807'])(
  'jwt-valid-after on PostgreSQL: %s in the place of a generation refuses every token, until the next generation',
  async (began) => {
    const log = capturedLog()
    const server = await startServer(strategy('jwt-valid-after on PostgreSQL'), {
      logger: log.logger,
    })
    const { device } = await registered(server)
    const userId = (await device.whoami()).body.id
    const text = `INSERT INTO generations VALUES ($1, $2, now() + interval '1 hour')`
    await sql.query(text, [userId, began])
    const { status, body } = await device.whoami()
    expect([status, body.code]).toEqual([401, 'invalid_credential'])
    expect(log.lines.filter(({ text: line }) => line.includes('cannot be read'))).toHaveLength(1)
    const families = new PostgresRefreshFamilies(postgres.sql, SETTINGS)
    await families.endAll(userId)
    expect(Math.abs(Date.now() - (await families.generationOf(userId)))).toBeLessThan(MARGIN_MS)
    await server.stop()
  },
)
