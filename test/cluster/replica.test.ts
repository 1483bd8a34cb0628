import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { paths } from '@session-vs-jwt/http-contract'
import {
  type EmbeddedPostgres,
  removeData,
  startEmbeddedPostgres,
  startPostgresReplica,
} from '@session-vs-jwt/services'
import { migrate } from '@session-vs-jwt/workbench'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { strategy } from '../contract/matrix.js'
import { Device, loggedIn, registered, type Reply } from '../device.js'
import { timed, until } from '../faults/load.js'
import { startServer, type TestServer } from '../start-server.js'
import { record } from './figures.js'

/** Those that keep their logins in PostgreSQL, or look at the user at every request. */
const STRATEGIES = ['session-postgres', 'jwt-user-lookup'].map(strategy)
/** It is left alone for five seconds. */
const ASKED_AGAIN_WITHIN_MS = 10_000
const NEW_PASSWORD = 'another pass:word'

describe('PostgreSQL with a replica', () => {
  let folder: string
  let primary: EmbeddedPostgres
  let replica: EmbeddedPostgres
  const servers: TestServer[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-replica-'))
    const [primaryFolder, own] = [join(folder, 'primary'), join(folder, 'replica')]
    primary = await startEmbeddedPostgres({ folder: primaryFolder, durable: false })
    await migrate(primary.url)
    replica = await startPostgresReplica({ folder: own, primaryFolder, primary, durable: false })
    for (const it of STRATEGIES) {
      // By which the replica knows who asks.
      const url = `${replica.url}?application_name=${it.id}`
      const env = { DATABASE_URL: primary.url, DATABASE_REPLICA_URL: url }
      servers.push(await startServer(it, { env }))
    }
  }, 90_000)

  afterAll(async () => {
    await Promise.all(servers.map(async (it) => it.stop()))
    await Promise.all([replica?.stop(), primary?.stop()])
    for (const name of ['replica', 'primary']) await removeData(join(folder, name))
    await rm(folder, { recursive: true, force: true })
  })

  test('in step: the list of all users has a new one at once, or soon', async () => {
    for (const server of servers) {
      const { device, account } = await registered(server)
      const ms = await until('listed', async () => listsUser(device, account.nickname), 2_000)
      await note('in step', server, 'GET /users after a registration', `all, after ${soon(ms)}`)
    }
    expect(await replicaIs('SELECT pg_is_in_recovery() AS is')).toBe(true)
  })

  test('paused: the list lags, and nothing else does', async () => {
    try {
      await onReplica('SELECT pg_wal_replay_pause()')
      await until(
        'paused',
        async () => replicaIs(`SELECT pg_get_wal_replay_pause_state() = 'paused' AS is`),
        5_000,
      )
      for (const server of servers) {
        const { device, account } = await registered(server)
        const other = await loggedIn(server, account)
        expect((await device.send('GET', paths.me)).body.user.nickname).toBe(account.nickname)
        expect(await listsUser(device, account.nickname)).toBe(false)
        await note('replay paused', server, 'GET /users after a registration', 'those of before')

        const nickname = `new ${account.nickname}`
        await device.send('PATCH', paths.me, { nickname })
        expect((await device.send('GET', paths.me)).body.user.nickname).toBe(nickname)
        await note('replay paused', server, 'GET /users/me after a change of it', 'the change')

        const { post } = (await device.send('POST', paths.posts, { title: 'T', body: 'b' })).body
        expect((await device.send('GET', `${paths.posts}/${post.id}`)).status).toBe(200)
        expect((await device.send('GET', paths.posts)).body.posts).toHaveLength(1)
        await note('replay paused', server, 'GET /posts after one was written', 'the post')

        expect((await other.copy().logout()).status).toBe(204)
        expect((await other.renew()).status).toBe(401)
        await note('replay paused', server, 'a login after its logout', '401')

        const change = { password: NEW_PASSWORD, currentPassword: account.password }
        expect((await device.send('PATCH', paths.me, change)).status).toBe(200)
        expect((await new Device(server).login(account)).status).toBe(401)
        expect(
          (await new Device(server).login({ ...account, password: NEW_PASSWORD })).status,
        ).toBe(200)
        await note('replay paused', server, 'the old password after a new one', '401')
      }
    } finally {
      await onReplica('SELECT pg_wal_replay_resume()')
    }
  })

  test.each<[string, () => void | Promise<void>]>([
    ['killed', async () => replica.kill()],
    ['asleep', () => replica.pause()],
  ])(
    '%s: the primary answers for it, every time and in time',
    async (what, strike) => {
      const people = await Promise.all(
        servers.map(async (it) => ({ server: it, ...(await registered(it)) })),
      )
      try {
        // Which they do again some time after it did not answer them.
        for (const { server, device } of people) {
          const isAsked = async () => asksReplica(server, device)
          await until('the replica is asked', isAsked, ASKED_AGAIN_WITHIN_MS)
        }
        await strike()
        for (const { server, device, account } of people) {
          const answers = []
          for (let n = 0; n < 20; n += 1) {
            answers.push(await timed('list', async () => list(device)))
          }
          expect([...new Set(answers.map(({ status }) => status))]).toEqual([200])
          expect(await listsUser(device, account.nickname)).toBe(true)
          const slowestMs = Math.round(Math.max(...answers.map(({ ms }) => ms)))
          expect(slowestMs).toBeLessThan(1_000)
          expect((await device.sendBare('GET', paths.ready)).status).toBe(200)
          await note(
            what,
            server,
            'GET /users after a registration',
            'all, from the primary',
            slowestMs,
          )
        }
      } finally {
        replica.resume()
        await replica.restart()
      }
    },
    60_000,
  )

  /** Whether a list that `server` sends now is read from the replica. */
  async function asksReplica({ strategy: { id } }: TestServer, device: Device): Promise<boolean> {
    const lastAsked = `SELECT max(query_start)::text AS at FROM pg_stat_activity
      WHERE application_name = '${id}' AND query LIKE '%FROM public.users%'`
    const before = (await onReplica(lastAsked))?.['at']
    await list(device)
    return (await onReplica(lastAsked))?.['at'] !== before
  }

  async function onReplica(sql: string): Promise<Record<string, unknown> | undefined> {
    const client = new Client(replica.url)
    await client.connect()
    try {
      return (await client.query(sql)).rows[0]
    } finally {
      await client.end()
    }
  }

  async function replicaIs(sql: string): Promise<boolean> {
    return (await onReplica(sql))?.['is'] === true
  }
})

/** The database is this test's own: all its users are on the first page. */
async function list(device: Device): Promise<Reply> {
  return device.send('GET', `${paths.users}?limit=100`)
}

async function listsUser(device: Device, nickname: string): Promise<boolean> {
  const { body } = await list(device)
  return body.users.some((it: { nickname: string }) => it.nickname === nickname)
}

function soon(ms: number): string {
  return `${Math.round(ms)} ms`
}

async function note(
  what: string,
  { strategy: { id } }: TestServer,
  request: string,
  sees: string,
  slowestMs?: number,
): Promise<void> {
  const row = { what, request: `${request}, ${id}`, sees }
  await record('replica', [slowestMs === undefined ? row : { ...row, slowestMs }])
}
