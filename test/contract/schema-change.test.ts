import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { paths } from '@session-vs-jwt/http-contract'
import { type EmbeddedPostgres, removeData, startEmbeddedPostgres } from '@session-vs-jwt/services'
import { migrate } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Device, type Reply, registered } from '../device.js'
import { administer } from '../new-database.js'
import { startServer, type TestServer } from '../start-server.js'
import { strategy } from './matrix.js'

/** As many as the pool of a server has. */
const CONNECTIONS = 10

describe.each(['session-postgres', 'jwt-user-lookup on PostgreSQL'])(
  'the schema changes while %s runs',
  (label) => {
    let folder: string
    let postgres: EmbeddedPostgres
    let server: TestServer
    let device: Device

    const asAdmin = async (sql: string): Promise<void> => administer(postgres.url, sql)

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-schema-'))
      postgres = await startEmbeddedPostgres({ folder, durable: false })
      await migrate(postgres.url, inject('timeoutFactor'))
      server = await startServer(strategy(label), {
        env: { DATABASE_URL: postgres.url, REDIS_URL: '' },
      })
      ;({ device } = await registered(server))
    })
    afterAll(async () => {
      await server?.stop()
      await postgres?.stop()
      await removeData(folder)
    })

    const requests: readonly [string, () => Promise<Reply>][] = [
      ['a read', async () => device.send('GET', paths.me)],
      ['a write', async () => device.send('PATCH', paths.me, { nickname: 'same nickname' })],
    ]

    test.each(requests)('%s fails once on each connection at most', async (_what, send) => {
      // All connections know the statement by its name.
      for (let n = 0; n < 5; n += 1) await Promise.all(Array.from({ length: CONNECTIONS }, send))
      expect((await send()).status).toBe(200)
      await asAdmin('ALTER TABLE users ALTER COLUMN nickname TYPE varchar(200)')
      const statuses = []
      for (let n = 0; n < 3 * CONNECTIONS; n += 1) statuses.push((await send()).status)
      const failed = statuses.filter((status) => status !== 200)
      expect(failed.length).toBeLessThanOrEqual(CONNECTIONS)
      expect(new Set(failed)).toEqual(new Set([503]))
      expect(statuses.slice(CONNECTIONS)).toEqual(
        Array.from({ length: 2 * CONNECTIONS }, () => 200),
      )
      await asAdmin('ALTER TABLE users ALTER COLUMN nickname TYPE text')
      for (let n = 0; n <= CONNECTIONS; n += 1) await send()
    })
  },
)
