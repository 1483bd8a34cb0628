import { paths } from '@session-vs-jwt/http-contract'
import type { Registration } from '@session-vs-jwt/workbench'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Device, loggedIn, registered } from '../device.js'
import { DeafLine } from './deaf-line.js'
import { until } from './load.js'
import { type FaultServer, Stack } from './stack.js'

/** A revocation is due after three seconds, and the worker comes every five. */
const REPEATED_WITHIN_MS = 20_000

const SET_PASSWORD = /users\.set-password/
const password = 'another pass:word'

/** What breaks once the new password is in PostgreSQL, and how it comes back. */
interface Fault {
  readonly labels: readonly string[]
  readonly strike: (stack: Stack, server: FaultServer) => void
  /** Returns the server that runs afterwards. */
  readonly repair: (stack: Stack, server: FaultServer) => Promise<FaultServer>
  /** What the request that changes the password gets; undefined for no answer at all. */
  readonly status: number | undefined
}

const faults: Readonly<Record<string, Fault>> = {
  'PostgreSQL freezes': {
    labels: ['session-redis', 'session-postgres', 'jwt-denylist', 'jwt-denylist on PostgreSQL'],
    strike: ({ postgres }) => postgres.pause(),
    repair: async ({ postgres }, server) => {
      postgres.resume()
      return server
    },
    status: 200,
  },
  'Redis freezes': {
    labels: ['session-redis', 'jwt-denylist'],
    strike: ({ redis }) => redis.pause(),
    repair: async ({ redis }, server) => {
      redis.resume()
      return server
    },
    status: 200,
  },
  'the server is killed': {
    labels: ['session-redis', 'jwt-denylist on PostgreSQL'],
    strike: (_stack, server) => void server.process.kill(),
    repair: async (stack, server) => {
      await server.process.kill()
      return stack.startServer(server.label)
    },
    status: undefined,
  },
}

describe('a failure right after PostgreSQL has answered the UPDATE of a password', () => {
  let stack: Stack
  let line: DeafLine
  let databaseUrl: string

  beforeAll(async () => {
    stack = await Stack.start({ strategies: [], own: ['postgres', 'redis'] })
    const through = await DeafLine.to(stack.postgres.url)
    line = through.line
    databaseUrl = through.url
  })
  afterAll(async () => {
    await stack?.stop()
    line?.close()
  })

  describe.each(Object.entries(faults))('%s', (_what, fault) => {
    test.each(fault.labels)('%s: the other devices are logged out', async (label) => {
      const server = await stack.startServer(label, { DATABASE_URL: databaseUrl })
      const { device, account } = await registered(server)
      const thief = await loggedIn(server, account)
      const hasStruck = new Promise<void>((resolve) => {
        line.afterAnswerTo(SET_PASSWORD, () => {
          fault.strike(stack, server)
          resolve()
        })
      })
      const change = { password, currentPassword: account.password }
      const changing = device.send('PATCH', paths.me, change).catch(() => undefined)
      await hasStruck
      expect((await changing)?.status).toBe(fault.status)
      const running = await fault.repair(stack, server)
      const own = device.at(running)
      await expectOnlyOwnDevices(running, account, own, thief.at(running))
      await until('nothing is pending', async () => (await pending()) === 0, REPEATED_WITHIN_MS)
      expect((await own.rotate()).status).toBe(200)
    })
  })

  test('a lost answer is a 503, and the other devices are logged out all the same', async () => {
    const server = await stack.startServer('session-redis', { DATABASE_URL: databaseUrl })
    const { device, account } = await registered(server)
    const thief = await loggedIn(server, account)
    line.losesAnswersTo(SET_PASSWORD)
    const change = { password, currentPassword: account.password }
    expect((await device.send('PATCH', paths.me, change)).status).toBe(503)
    line.losesAnswersTo(undefined)
    await expectOnlyOwnDevices(server, account, device, thief)
    await until('nothing is pending', async () => (await pending()) === 0, REPEATED_WITHIN_MS)
  })

  async function pending(): Promise<number> {
    const client = new Client(stack.postgres.url)
    await client.connect()
    try {
      const { rows } = await client.query('SELECT count(*)::int AS count FROM pending_revocations')
      return rows[0].count
    } finally {
      await client.end()
    }
  }
})

/** The thief is out, the device that changed the password is in, and so is who knows the new one. */
async function expectOnlyOwnDevices(
  server: FaultServer,
  account: Registration,
  device: Device,
  thief: Device,
): Promise<void> {
  const isReady = async () => (await device.sendBare('GET', paths.ready)).status === 200
  await until('ready', isReady, 5_000)
  expect((await thief.rotate()).status).toBe(401)
  expect((await thief.whoami()).status).toBe(401)
  expect((await device.renew()).status).toBe(200)
  expect((await new Device(server).login(account)).status).toBe(401)
  expect((await new Device(server).login({ ...account, password })).status).toBe(200)
}
