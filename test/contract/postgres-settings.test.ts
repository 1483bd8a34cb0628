import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { paths } from '@session-vs-jwt/http-contract'
import { type EmbeddedPostgres, removeData, startEmbeddedPostgres } from '@session-vs-jwt/services'
import { migrate } from '@session-vs-jwt/workbench'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { Device, loggedIn, registered } from '../device.js'
import { administer } from '../new-database.js'
import { startServer, type TestServer } from '../start-server.js'
import { strategy } from './matrix.js'

/** Everything that these strategies keep is in PostgreSQL, failed logins included. */
const STRATEGIES = ['session-postgres', 'jwt-denylist on PostgreSQL'] as const

const SETTINGS = [
  ['DateStyle', 'German, DMY'],
  ['DateStyle', 'SQL, MDY'],
  ['DateStyle', 'Postgres, YMD'],
  ['IntervalStyle', 'sql_standard'],
  ['IntervalStyle', 'iso_8601'],
  ['TimeZone', 'Pacific/Apia'],
  ['client_encoding', 'LATIN1'],
  ['client_encoding', 'SQL_ASCII'],
  ['extra_float_digits', '-15'],
  ['bytea_output', 'escape'],
  ['search_path', 'pg_catalog'],
] as const

describe('Session settings of PostgreSQL change no answer', () => {
  let folder: string
  let postgres: EmbeddedPostgres
  let server: TestServer | undefined

  const asAdmin = async (sql: string): Promise<void> => administer(postgres.url, sql)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-settings-'))
    postgres = await startEmbeddedPostgres({ folder, durable: false })
    await migrate(postgres.url, inject('timeoutFactor'))
  })
  afterEach(async () => {
    await server?.stop()
    await asAdmin('ALTER ROLE workbench RESET ALL')
    await asAdmin('ALTER DATABASE workbench RESET ALL')
  })
  afterAll(async () => {
    await postgres?.stop()
    await removeData(folder)
  })

  const start = async (label: string): Promise<TestServer> => {
    server = await startServer(strategy(label), {
      env: { DATABASE_URL: postgres.url, REDIS_URL: '', LOGIN_FAILURES: '2' },
    })
    return server
  }

  describe.each(STRATEGIES)('%s', (label) => {
    test.each(SETTINGS)('%s %s, of the role', async (name, value) => {
      await asAdmin(`ALTER ROLE workbench SET ${name} = ${quoted(value)}`)
      await migrate(postgres.url, inject('timeoutFactor'))
      await expectUsualAnswers(await start(label))
    })

    test('all of them, of the database', async () => {
      for (const [name, value] of SETTINGS) {
        await asAdmin(`ALTER DATABASE workbench SET ${name} = ${quoted(value)}`)
      }
      await migrate(postgres.url, inject('timeoutFactor'))
      await expectUsualAnswers(await start(label))
    })
  })
})

/** A list of values is one value to PostgreSQL, unless each is quoted by itself. */
function quoted(value: string): string {
  return value
    .split(', ')
    .map((it) => `'${it}'`)
    .join(', ')
}

let startedAt = 0

/** Goes through everything that is stored, and looks at each moment that comes back. */
async function expectUsualAnswers(server: TestServer): Promise<void> {
  startedAt = Date.now()
  const { device, account } = await registered(server)
  const other = await loggedIn(server, account)
  const nickname = `Żółć 用户 ${account.nickname}`
  const { body: me } = await device.send('PATCH', paths.me, { nickname })
  expect(me.user.nickname).toBe(nickname)
  expectNow(me.user.createdAt)

  const posted = await device.send('POST', paths.posts, { title: 'Ünï', body: '用户 \\x41 \\' })
  expect(posted.status).toBe(201)
  const { body: read } = await device.send('GET', `${paths.posts}/${posted.body.post.id}`)
  expect(read.post).toEqual(posted.body.post)
  expectNow(read.post.createdAt)
  expect((await device.send('GET', paths.posts)).body.posts).toEqual([read.post])
  const { users } = (await device.send('GET', `${paths.users}?limit=100`)).body
  expect(users).toContainEqual({ id: me.user.id, nickname })

  const { devices } = (await device.devices()).body
  expect(devices).toHaveLength(2)
  for (const it of devices) expectNow(it.createdAt)
  for (const send of [device.renew, device.rotate, device.renew, other.logout]) {
    expect((await send()).status).toBeLessThan(300)
  }
  expect((await other.whoami()).status).toBe(401)

  await expectLockOut(server, account)
  server.clock.advance(3 * 3600)
  expect((await device.renew()).status).toBe(401)
}

async function expectLockOut(
  server: TestServer,
  account: Parameters<Device['login']>[0],
): Promise<void> {
  const wrong = { ...account, password: 'not the password' }
  const statuses = []
  for (let n = 0; n < 3; n += 1) statuses.push((await new Device(server).login(wrong)).status)
  expect(statuses).toEqual([401, 401, 429])
}

/** The moment lies within this test, in the time zone of the machine and no other. */
function expectNow(moment: string): void {
  expect(Date.parse(moment)).toBeLessThanOrEqual(Date.now())
  expect(Date.parse(moment)).toBeGreaterThanOrEqual(startedAt)
}
