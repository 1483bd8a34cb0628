import { paths } from '@session-vs-jwt/http-contract'
import { strategies } from '@session-vs-jwt/workbench'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { matrix } from '../contract/matrix.js'
import { type Device, type Reply, registered } from '../device.js'
import { Load, timed, until } from './load.js'
import { expectRefusalAmidCheck } from './login-in-hand.js'
import { expectTrueLogouts } from './logouts.js'
import { describeOutage, describeRestart } from './outage.js'
import { Pacemaker } from './pacemaker.js'
import { BACK_WITHIN_MS, notRefused } from './promises.js'
import { type FaultServer, Stack } from './stack.js'

/** Those whose logins live here in place of Redis; all together would be too much for a small machine to time. */
const MOVED = matrix.filter(([label, { id }]) => label !== id)

describe('PostgreSQL breaks', () => {
  let stack: Stack
  let pacemaker: Pacemaker

  beforeAll(async () => {
    const options = { own: ['postgres'], redisUrl: inject('redisUrl') } as const
    stack = await Stack.start({ strategies: strategies.map(({ id }) => id), ...options })
  })
  afterAll(async () => stack?.stop())
  beforeEach(async () => {
    pacemaker = await Pacemaker.start()
  })
  afterEach(async () => pacemaker.stop())

  describeFaults(() => stack)

  test('killed under load: every post that was answered with success is there afterwards', async () => {
    const server = stack.server('session-redis')
    const { device } = await registered(server)
    const titles: string[] = []
    const load = new Load(
      Array.from({ length: 4 }, (_, lane) => async () => {
        const title = `${lane}-${titles.length}`
        const post = { title, body: 'x' }
        const answer = await timed('post', async () => device.send('POST', paths.posts, post))
        if (answer.status === 201) titles.push(title)
        return answer
      }),
      0,
    )
    await until('some are written', () => titles.length >= 20, 15_000)
    await stack.postgres.kill()
    await load.stop()
    await stack.postgres.restart()
    const read = async () => device.send('GET', `${paths.posts}?limit=100`)
    await until('back', async () => (await read()).status === 200, BACK_WITHIN_MS)
    const found = new Set((await read()).body.posts.map((it: Reply['body']) => it.title))
    expect(titles.slice(-40).filter((it) => !found.has(it))).toEqual([])
  })

  test('connections that PostgreSQL ends while idle are replaced, and nobody notices', async () => {
    const devices = await Promise.all(
      stack.servers.map(async (server) => (await registered(server)).device),
    )
    const readMe = async (device: Device) => (await device.send('GET', paths.me)).status
    const heardBefore = await timesHeard(stack)
    const ended = await asAdmin(stack, async (client) => {
      const { rowCount } = await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      )
      return rowCount
    })
    expect(ended).toBeGreaterThanOrEqual(devices.length)
    const haveHeard = async () => (await timesHeard(stack)) >= heardBefore + (ended ?? 0)
    await until('the servers have heard of each', haveHeard, BACK_WITHIN_MS)
    expect(await Promise.all(devices.map(readMe))).toEqual(devices.map(() => 200))
    expect(stack.servers.flatMap(({ exit }) => exit() ?? [])).toEqual([])
  })

  test('all connections blocked: 503 within a second for all who wait, and it goes on after', async () => {
    const server = stack.server('session-redis')
    const { device } = await registered(server)
    const readMe = async () => timed('users/me', async () => device.send('GET', paths.me))
    await asAdmin(stack, async (client) => {
      await client.query('BEGIN')
      await client.query('LOCK TABLE users IN ACCESS EXCLUSIVE MODE')
      const waiting = Array.from({ length: 40 }, readMe)
      const identity = await timed('whoami', device.whoami)
      const answers = await Promise.all(waiting)
      expect(answers.flatMap((it) => notRefused(it, pacemaker.lateMs) ?? [])).toEqual([])
      expect([identity.status, identity.ms < 500 + pacemaker.lateMs]).toEqual([200, true])
      await client.query('ROLLBACK')
    })
    const back = await until('back', async () => (await readMe()).status === 200, BACK_WITHIN_MS)
    expect(back).toBeLessThan(BACK_WITHIN_MS)
  })

  test('a write that waited for a lock when it was refused does not happen when the lock goes', async () => {
    await expectNoLateRename(stack, stack.server('jwt-rotating'), pacemaker)
  })

  test('paused amid logouts of session-postgres: 204 is logged out, and 503 is as before', async () => {
    await expectTrueLogouts(stack.server('session-postgres'), stack.postgres, true)
  })

  test('killed in the midst of statements: each is refused, and no server dies of it', async () => {
    const devices = await Promise.all(
      stack.servers.map(async (server) => (await registered(server)).device),
    )
    const readMe = async (device: Device) =>
      timed('users/me', async () => device.send('GET', paths.me))
    const locker = new Client({ connectionString: stack.adminUrl })
    locker.on('error', () => undefined)
    await locker.connect()
    await locker.query('BEGIN')
    await locker.query('LOCK TABLE users IN ACCESS EXCLUSIVE MODE')
    const waiting = devices.map(readMe)
    // Not all: on a busy machine, the first have waited for too long when the last begin.
    const blocked = `SELECT count(*)::int AS count FROM pg_locks WHERE NOT granted`
    const areBlocked = async () => (await locker.query(blocked)).rows[0].count > 0
    await until('some wait', areBlocked, 1_000, 0)
    await stack.postgres.kill()
    const answers = await Promise.all(waiting)
    await stack.postgres.restart()
    expect(answers.flatMap((it) => notRefused(it, pacemaker.lateMs) ?? [])).toEqual([])
    expect(stack.servers.flatMap(({ exit }) => exit() ?? [])).toEqual([])
    for (const device of devices) {
      await until('back', async () => (await readMe(device)).status === 200, BACK_WITHIN_MS)
    }
  })

  test('paused while a password is checked: the login that was refused leaves no device', async () =>
    expectRefusalAmidCheck(stack, 'postgres', pacemaker))

  /** How often the servers have logged that they lost an idle connection. */
  async function timesHeard({ servers }: Stack): Promise<number> {
    const logs = await Promise.all(servers.map(async ({ log }) => log()))
    return logs.join('').match(/"store":"postgres","msg":"connection lost"/g)?.length ?? 0
  }
})

describe('PostgreSQL breaks, with the refresh families in it', () => {
  let stack: Stack

  beforeAll(async () => {
    const options = { own: ['postgres'], redisUrl: inject('redisUrl') } as const
    stack = await Stack.start({ strategies: MOVED.map(([label]) => label), ...options })
  })
  afterAll(async () => stack?.stop())

  describeFaults(() => stack)

  test.each(MOVED)(
    'paused amid logouts of %s: 204 is logged out, and 503 is as before',
    async (label) => expectTrueLogouts(stack.server(label), stack.postgres, true),
  )
})

describe.skipIf(!inject('pooler'))('PostgreSQL breaks behind PgBouncer', () => {
  let stack: Stack
  let pacemaker: Pacemaker

  beforeAll(async () => {
    stack = await Stack.start({
      strategies: ['session-postgres', 'jwt-user-lookup', 'jwt-rotating on PostgreSQL'],
      own: ['postgres'],
      redisUrl: inject('redisUrl'),
      pooler: inject('pooler') ?? undefined,
    })
  })
  afterAll(async () => stack?.stop())
  beforeEach(async () => {
    pacemaker = await Pacemaker.start()
  })
  afterEach(async () => pacemaker.stop())

  describeFaults(() => stack, ', behind PgBouncer')

  describeOutage('PgBouncer paused', () => stack, 'postgres', {
    strike: () => stack.pooler.pause(),
    repair: () => stack.pooler.resume(),
  })

  describeOutage('PgBouncer killed', () => stack, 'postgres', {
    strike: async () => stack.pooler.kill(),
    repair: async () => stack.pooler.restart(),
  })

  test('a write that waited for a lock when it was refused does not happen when the lock goes', async () =>
    expectNoLateRename(stack, stack.server('jwt-user-lookup'), pacemaker))

  test('paused amid logouts: 204 is logged out, and 503 is as before', async () =>
    expectTrueLogouts(stack.server('session-postgres'), stack.postgres, true))

  test('paused while a password is checked: the login that was refused leaves no device', async () =>
    expectRefusalAmidCheck(stack, 'postgres', pacemaker))
})

function describeFaults(stack: () => Stack, where = ''): void {
  describeOutage(`PostgreSQL paused${where}`, stack, 'postgres', {
    strike: () => stack().postgres.pause(),
    repair: () => stack().postgres.resume(),
  })

  describeOutage(`PostgreSQL killed${where}`, stack, 'postgres', {
    strike: async () => stack().postgres.kill(),
    repair: async () => stack().postgres.restart(),
  })

  describeOutage(`PostgreSQL read only${where}`, stack, 'postgres', {
    strike: async () => setReadOnly(stack(), 'on'),
    repair: async () => setReadOnly(stack(), 'off'),
    refuses: 'writes',
  })

  let tablesLocked: Client | undefined
  describeOutage(
    `PostgreSQL busy: all connections of the pools wait for locks${where}`,
    stack,
    'postgres',
    {
      strike: async () => {
        tablesLocked = await lockTables(stack())
      },
      repair: async () => tablesLocked?.end(),
      crowd: 16,
    },
  )

  const restart = async (): Promise<void> => stack().postgres.restart()
  describeRestart(`PostgreSQL restarted under load${where}`, stack, restart)
}

async function expectNoLateRename(
  stack: Stack,
  server: FaultServer,
  pacemaker: Pacemaker,
): Promise<void> {
  const { device, account } = await registered(server)
  const rename = { nickname: `late ${account.nickname}` }
  const readMe = async () => device.send('GET', paths.me)
  await asAdmin(stack, async (client) => {
    await client.query('BEGIN')
    await client.query('SELECT 1 FROM users WHERE email = $1 FOR UPDATE', [account.email])
    const answer = await timed('rename', async () => device.send('PATCH', paths.me, rename))
    expect(notRefused(answer, pacemaker.lateMs)).toBeUndefined()
    await client.query('ROLLBACK')
  })
  await until('back', async () => (await readMe()).status === 200, BACK_WITHIN_MS)
  expect((await readMe()).body.user.nickname).toBe(account.nickname)
}

/** A session of the administrator stays as it was when it began. */
async function setReadOnly(stack: Stack, value: 'on' | 'off'): Promise<void> {
  await asAdmin(stack, async (client) => {
    await client.query('SET default_transaction_read_only = off')
    await client.query(`ALTER SYSTEM SET default_transaction_read_only = ${value}`)
    await client.query('SELECT pg_reload_conf()')
  })
  const shown = async () =>
    asAdmin(
      stack,
      async (client) => (await client.query('SHOW default_transaction_read_only')).rows[0],
    )
  await until(
    `read only is ${value}`,
    async () => (await shown()).default_transaction_read_only === value,
    2_000,
  )
}

/** Until this connection ends, nobody else gets at a table. */
async function lockTables(stack: Stack): Promise<Client> {
  const client = new Client({ connectionString: stack.adminUrl })
  await client.connect()
  const { rows } = await client.query<{ name: string }>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
  )
  await client.query('BEGIN')
  const tables = rows.map(({ name }) => name).join(', ')
  await client.query(`LOCK TABLE ${tables} IN ACCESS EXCLUSIVE MODE`)
  return client
}

async function asAdmin<T>(stack: Stack, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: stack.adminUrl })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
