import { randomUUID } from 'node:crypto'
import { PostgresUsers } from '@session-vs-jwt/users'
import type { ServerKind, Strategy } from '@session-vs-jwt/workbench'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { loggedIn, registered } from '../device.js'
import { startServer } from '../start-server.js'
import { matrixOf, strategy as strategyOf } from './matrix.js'

/** The worker comes every five seconds, and later on a busy machine. */
const FINISHED_WITHIN_MS = 120_000

let sql: Client
beforeAll(async () => {
  sql = new Client(inject('databaseUrl'))
  await sql.connect()
})
afterAll(async () => sql?.end())

/** Where the devices of a strategy are; undefined where another process cannot reach them. */
function placeOf({ env }: Strategy): string | undefined {
  const { SESSION_STORE: sessions, REFRESH_STORE: families } = env
  const names: Readonly<Record<string, string>> = { redis: 'Redis', postgres: 'PostgreSQL' }
  const name = names[sessions ?? families ?? '']
  return name && `${sessions === undefined ? 'refresh families' : 'sessions'} in ${name}`
}

/**
 * An account whose password has just been changed, by a server that crashed before it ended the other devices.
 * A device has logged in with the new password since then.
 */
async function afterCrash(strategy: Strategy) {
  const server = await startServer(strategy)
  onTestFinished(() => server.stop())
  const { device, account } = await registered(server)
  const thief = await loggedIn(server, account)
  const { rows } = await sql.query(
    'UPDATE users SET password_version = password_version + 1 WHERE email = $1 RETURNING id',
    [account.email],
  )
  const userId: string = rows[0].id
  const { body } = await device.devices()
  const kept = body.devices.find((it: { current: boolean }) => it.current).id
  const newcomer = await loggedIn(server, account)
  await sql.query(
    `INSERT INTO pending_revocations (id, user_id, place, password_version, kept_device, due_at)
     VALUES ($1, $2, $3, 2, $4, now())`,
    [randomUUID(), userId, placeOf(strategy), kept],
  )
  return { device, thief, newcomer, userId }
}

test.each<ServerKind>(['session', 'jwt'])(
  '%s server: a recorded revocation is finished, and spares a login with the new password',
  async (kind) => {
    const strategies = matrixOf(kind).filter(([, it]) => placeOf(it) !== undefined)
    expect(strategies.length).toBeGreaterThan(1)
    const crashed = []
    for (const [label, strategy] of strategies) {
      crashed.push({ label, ...(await afterCrash(strategy)) })
    }
    for (const { label, device, thief, newcomer, userId } of crashed) {
      const isPending = 'SELECT FROM pending_revocations WHERE user_id = $1'
      const pending = async () => (await sql.query(isPending, [userId])).rowCount
      await expect.poll(pending, { timeout: FINISHED_WITHIN_MS, message: label }).toBe(0)
      expect((await thief.renew()).status, label).toBe(401)
      expect((await device.rotate()).status, label).toBe(200)
      expect((await newcomer.rotate()).status, label).toBe(200)
    }
  },
)

test('a change is announced only for the present password, however it overlaps with another change', async () => {
  const server = await startServer(strategyOf('session-redis'))
  onTestFinished(() => server.stop())
  const { device } = await registered(server)
  const userId: string = (await device.whoami()).body.id
  const [other, observer] = [await connected(), await connected()]
  await other.query('BEGIN')
  const change = 'UPDATE users SET password_version = password_version + 1 WHERE id = $1'
  await other.query(change, [userId])
  const pending = { id: randomUUID(), userId, place: 'test', passwordVersion: 2 }
  const users = new PostgresUsers(sql)
  const announcing = users.announceRevocation({ ...pending, keptDevice: randomUUID() })
  const waiting = `SELECT FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND query LIKE '%INTO public.pending_revocations%'`
  await expect.poll(async () => (await observer.query(waiting)).rowCount).toBe(1)
  await other.query('COMMIT')
  expect(await announcing).toBe(false)
})

async function connected(): Promise<Client> {
  const client = new Client(inject('databaseUrl'))
  await client.connect()
  onTestFinished(() => client.end())
  return client
}
