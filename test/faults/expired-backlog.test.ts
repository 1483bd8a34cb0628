import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test, vi } from 'vitest'
import { capturedLog } from '../captured-log.js'
import { matrix } from '../contract/matrix.js'
import { type OwnStores, startOwnStores } from '../contract/lookups/own-stores.js'
import { registered } from '../device.js'
import { startServer, type TestServer } from '../start-server.js'
import { until } from './load.js'

/** One table with many rows shows what any of them would. */
const backlogOf = (table: string): number => (table === 'sessions' ? 200_000 : 20_000)
const MINUTE_MS = 60_000

/** Rows that expired two hours ago: `SELECT` gives them, for `i` from 1 to the size of the backlog. */
const EXPIRED = {
  sessions: `decode(md5(i::text), 'hex'), id, 'a@example.org', gen_random_uuid(), null,
    now() - interval '1 day', now() - interval '2 hours', now() - interval '2 hours' FROM owner,`,
  replaced_session_ids: `decode(md5(i::text), 'hex'), id, gen_random_uuid(),
    now() - interval '2 hours' FROM owner,`,
  refresh_families: `gen_random_uuid(), id, null, now() - interval '1 day',
    now() - interval '2 hours', now() - interval '2 hours', '{"a": null}' FROM owner,`,
  generations: `gen_random_uuid(), 0, now() - interval '2 hours' FROM`,
  denied_families: `gen_random_uuid(), now() - interval '2 hours' FROM`,
  login_attempts: `i::text, '{}', extract(epoch FROM now() - interval '2 hours') * 1000 FROM`,
} as const

type Table = keyof typeof EXPIRED
const tables = Object.keys(EXPIRED) as Table[]

describe('a backlog of expired rows', { timeout: 180_000 }, () => {
  let stores: OwnStores
  let sql: Client
  const log = capturedLog()
  const servers: TestServer[] = []
  beforeAll(async () => {
    stores = await startOwnStores()
    sql = new Client(stores.databaseUrl)
    await sql.connect()
    await sql.query(`INSERT INTO users (id, nickname, nickname_key, email, password_hash, created_at)
      VALUES (gen_random_uuid(), 'owner', 'owner', 'owner@example.org', '', now())`)
  })
  afterAll(async () => {
    await sql?.end()
    await stores?.stop()
  })

  /** Both servers, with everything in PostgreSQL; the test says when a minute has passed. */
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    log.lines.length = 0
    await sql.query(`TRUNCATE ${tables.join(', ')}`)
    const env = { DATABASE_URL: stores.databaseUrl, REDIS_URL: '' }
    for (const [label, it] of matrix) {
      if (!['session-postgres', 'jwt-denylist on PostgreSQL'].includes(label)) continue
      servers.push(await startServer(it, { env, logger: log.logger }))
    }
  })
  afterEach(async () => {
    await stopServers()
    vi.useRealTimers()
  })

  async function stopServers(): Promise<void> {
    await Promise.all(servers.splice(0).map(async (it) => it.stop()))
  }

  const aMinutePasses = () => vi.advanceTimersByTime(MINUTE_MS)

  async function expire(table: Table, rows: number): Promise<void> {
    await sql.query(`WITH owner AS (SELECT id FROM users WHERE nickname = 'owner')
      INSERT INTO ${table} SELECT ${EXPIRED[table]} generate_series(1, ${rows}) AS i`)
  }

  async function expired(table: Table): Promise<number> {
    const column = { sessions: 'idle_until', refresh_families: 'live_until' }[table as string]
    const other = table === 'replaced_session_ids' ? 'absolute_until' : 'until'
    const condition =
      table === 'login_attempts'
        ? 'expire < extract(epoch FROM now()) * 1000'
        : `${column ?? other} < now()`
    const { rows } = await sql.query(`SELECT count(*)::int AS n FROM ${table} WHERE ${condition}`)
    return rows[0].n
  }

  async function allExpired(): Promise<number[]> {
    const counts: number[] = []
    for (const table of tables) counts.push(await expired(table))
    return counts
  }

  test('is removed, however long it is, while the servers answer requests', async () => {
    const devices = await Promise.all(servers.map(async (it) => (await registered(it)).device))
    for (const table of tables) await expire(table, backlogOf(table))
    expect(await allExpired()).toEqual(tables.map(backlogOf))
    aMinutePasses()
    const statuses: number[] = []
    await until(
      'all are gone',
      async () => {
        for (const device of devices) statuses.push((await device.devices()).status)
        return (await allExpired()).every((count) => count === 0)
      },
      120_000,
    )
    // A machine that is busy beside this test may refuse a request.
    const refused = statuses.filter((status) => status !== 200)
    expect(refused.length).toBeLessThan(statuses.length / 10)
    for (const device of devices) expect((await device.devices()).body.devices).toHaveLength(1)
  })

  test('that cannot be removed is logged once for each clean-up, and removed when it can be', async () => {
    for (const table of tables) await expire(table, 10)
    await sql.query(`BEGIN; LOCK TABLE ${tables.join(', ')} IN SHARE MODE`)
    const logged = (what: string) => log.lines.filter(({ text }) => text === what)
    aMinutePasses()
    await until('all have failed', () => logged('clean-up failed').length === 4, 5_000)
    aMinutePasses()
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(logged('clean-up failed').map(({ fields }) => fields['what'])).toHaveLength(4)
    await sql.query('COMMIT')
    aMinutePasses()
    await until('all work', () => logged('clean-up works again').length === 4, 5_000)
    expect(await allExpired()).toEqual(tables.map(() => 0))
  })

  test('stays where it is once the servers are stopped', async () => {
    for (const table of tables) await expire(table, 50_000)
    aMinutePasses()
    await until('it has begun', async () => (await expired('sessions')) < 50_000, 5_000)
    await stopServers()
    expect(vi.getTimerCount()).toBe(0)
    const left = await allExpired()
    expect(left[0]).toBeGreaterThan(0)
    aMinutePasses()
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await allExpired()).toEqual(left)
    expect(log.lines).toEqual([])
  })
})
