import { paths } from '@session-vs-jwt/http-contract'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { capturedLog } from '../captured-log.js'
import { type Device, loggedIn, registered } from '../device.js'
import { startServer, type TestServer } from '../start-server.js'
import { until } from '../faults/load.js'
import { type OwnStores, startOwnStores } from './lookups/own-stores.js'
import { strategy } from './matrix.js'

/** The stores of this file, where a server logs in as a user that the tests may put in trouble. */
let stores: OwnStores
beforeAll(async () => {
  stores = await startOwnStores()
})
afterAll(async () => stores?.stop())

/** Sends a server all that its stores must allow. */
async function statusesOf(device: Device, account: Account): Promise<number[]> {
  const other = device.copy()
  const answers = [
    await device.whoami(),
    await device.devices(),
    await device.renew(),
    await device.rotate(),
    await other.login(account),
    await other.logout(),
    await device.send('GET', paths.me),
    await device.send('GET', paths.posts),
  ]
  for (const { status, body } of answers) {
    if (status === 503) expect(body.code).toBe('store_unavailable')
  }
  return answers.map(({ status }) => status)
}

type Account = Awaited<ReturnType<typeof registered>>['account']

async function readiness({ url }: TestServer): Promise<number> {
  return (await fetch(`${url}${paths.ready}`)).status
}

interface Trouble {
  readonly make: () => Promise<unknown>
  readonly mend: () => Promise<unknown>
  /** What the log tells the operator. */
  readonly fix: RegExp
}

/** Makes trouble, expects reports of it, ends it, and expects the server to recover. */
async function expectReported(server: TestServer, trouble: Trouble, log = capturedLog()) {
  const { device, account } = await registered(server)
  const fixes = () => log.lines.map(({ fields }) => String(fields['fix']))
  expect(await readiness(server)).toBe(200)
  log.lines.length = 0
  await trouble.make()
  try {
    const statuses = await statusesOf(device, account)
    expect(statuses).toContain(503)
    expect(statuses).not.toContain(500)
    expect(await readiness(server)).toBe(503)
    await until('it is logged', () => fixes().some((it) => trouble.fix.test(it)), 120_000)
    expect(log.lines.filter(({ text }) => text === 'unexpected error')).toEqual([])
  } finally {
    await trouble.mend()
  }
  await until('it is ready again', async () => (await readiness(server)) === 200, 120_000)
  await loggedIn(server, account)
}

describe('PostgreSQL', () => {
  const log = capturedLog()
  let admin: Client
  let server: TestServer
  beforeAll(async () => {
    admin = new Client(stores.databaseUrl)
    await admin.connect()
    await run(
      `CREATE ROLE app LOGIN PASSWORD 'right'`,
      'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app',
    )
    const url = new URL(stores.databaseUrl)
    url.username = 'app'
    url.password = 'right'
    const env = { DATABASE_URL: url.href, REDIS_URL: '' }
    server = await startServer(strategy('session-postgres'), { env, logger: log.logger })
  })
  afterAll(async () => {
    await server?.stop()
    await admin?.end()
  })

  async function run(...statements: string[]): Promise<void> {
    for (const statement of statements) await admin.query(statement)
  }

  const newConnections = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'`

  test.each([
    [
      'another password',
      [`ALTER ROLE app PASSWORD 'wrong'`, newConnections],
      [`ALTER ROLE app PASSWORD 'right'`],
      /password in DATABASE_URL/,
    ],
    [
      'a user who may not log in',
      ['ALTER ROLE app NOLOGIN', newConnections],
      ['ALTER ROLE app LOGIN'],
      /DATABASE_URL/,
    ],
    [
      'a user without a privilege',
      ['REVOKE UPDATE ON sessions FROM app'],
      ['GRANT UPDATE ON sessions TO app'],
      /grant it/,
    ],
    [
      'a missing table',
      ['ALTER TABLE sessions RENAME TO elsewhere'],
      ['ALTER TABLE elsewhere RENAME TO sessions'],
      /npm run migrate/,
    ],
    [
      'a missing column',
      ['ALTER TABLE sessions RENAME COLUMN email TO elsewhere'],
      ['ALTER TABLE sessions RENAME COLUMN elsewhere TO email'],
      /npm run migrate/,
    ],
    [
      'a missing type',
      ['ALTER DOMAIN deadline RENAME TO elsewhere', newConnections],
      ['ALTER DOMAIN elsewhere RENAME TO deadline'],
      /npm run migrate/,
    ],
    [
      'a missing schema',
      ['ALTER SCHEMA public RENAME TO elsewhere'],
      ['ALTER SCHEMA elsewhere RENAME TO public'],
      /npm run migrate/,
    ],
    [
      'a database that takes nobody',
      ['ALTER ROLE app CONNECTION LIMIT 0', newConnections],
      ['ALTER ROLE app CONNECTION LIMIT -1'],
      /undefined/,
    ],
  ])('%s: 503, not ready, and the log says what to fix', async (_what, make, mend, fix) => {
    const trouble = { make: async () => run(...make), mend: async () => run(...mend), fix }
    await expectReported(server, trouble, log)
  })

  test.each([
    ['a database that does not exist', /create it/, (url: URL) => (url.pathname = '/nowhere')],
    ['no TLS', /refuses TLS/, (url: URL) => url.searchParams.set('sslmode', 'verify-full')],
    ['no password', /password/, (url: URL) => (url.password = '')],
  ])(
    '%s, from the start: 503, not ready, and the log says what to fix',
    async (_what, fix, set) => {
      const url = new URL(stores.databaseUrl)
      set(url)
      const ownLog = capturedLog()
      const options = { env: { DATABASE_URL: url.href }, logger: ownLog.logger }
      const misled = await startServer(strategy('jwt-rotating'), options)
      expect(await readiness(misled)).toBe(503)
      const found = ownLog.lines.find(({ text }) => text === 'not ready')
      expect(found?.fields['fix']).toMatch(fix)
      await misled.stop()
    },
  )
})

describe.each(['session-redis', 'jwt-denylist'])('Redis, %s', (label) => {
  const log = capturedLog()
  let admin: Redis
  let server: TestServer
  beforeAll(async () => {
    admin = new Redis(stores.redisUrl)
    await allow('on', '>right', '~*', '+@all')
    const url = new URL(stores.redisUrl)
    url.username = 'app'
    url.password = 'right'
    const env = { DATABASE_URL: stores.databaseUrl, REDIS_URL: url.href }
    server = await startServer(strategy(label), { env, logger: log.logger })
  })
  afterAll(async () => {
    await server?.stop()
    admin?.disconnect()
  })

  const allow = async (...rules: string[]): Promise<unknown> =>
    admin.call('ACL', 'SETUSER', 'app', ...rules)

  test.each([
    ['no writes', ['-@write'], /ACL/],
    ['no scripts', ['-@scripting'], /ACL/],
    ['a command of a script', ['-pexpire'], /ACL/],
    ['no clock', ['-time'], /ACL/],
    ['other keys', ['resetkeys', '~login-attempts:*'], /ACL/],
    ['fewer keys', ['resetkeys', '~session*', '~refresh*'], /ACL/],
  ])('the ACL allows %s: 503, not ready, and the log says so', async (_what, rules, fix) => {
    const trouble = {
      make: async () => allow(...rules),
      mend: async () => allow('+@all', '~*'),
      fix,
    }
    await expectReported(server, trouble, log)
  })

  test('another password: 503, not ready, and the log says so', async () => {
    const trouble = {
      make: async () => {
        await allow('resetpass', '>other')
        await admin.call('CLIENT', 'KILL', 'USER', 'app')
      },
      mend: async () => allow('>right'),
      fix: /password in REDIS_URL/,
    }
    await expectReported(server, trouble, log)
  })

  test('a Redis that is full: 503, not ready, and the log says so', async () => {
    const trouble = {
      make: async () => admin.config('SET', 'maxmemory', '1'),
      mend: async () => admin.config('SET', 'maxmemory', '0'),
      fix: /maxmemory/,
    }
    await expectReported(server, trouble, log)
  })
})
