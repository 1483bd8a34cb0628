import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { paths } from '@session-vs-jwt/http-contract'
import { freePort } from '@session-vs-jwt/services'
import { RunningServer, serverEnvironment } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { strategy } from '../contract/matrix.js'
import { registered } from '../device.js'
import { SECRETS } from '../start-server.js'

describe.each(['session-postgres', 'jwt-rotating'])('%s with a replica that is no use', (id) => {
  let folder: string
  const databaseUrl = inject('databaseUrl')

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-replica-url-'))
  })
  afterAll(async () => rm(folder, { recursive: true, force: true }))

  const unreachable = async (): Promise<string> =>
    `postgres://u:hunter22@127.0.0.1:${await freePort()}/d`
  const anotherDatabase = async (): Promise<string> => {
    const url = new URL(databaseUrl)
    url.pathname = '/postgres'
    return url.href
  }

  test.each([
    ['unreachable', unreachable, /ECONNREFUSED/],
    ['a copy of another database', anotherDatabase, /not a replica of the database/],
  ])('%s: its log says so, and the primary answers', async (_what, replicaUrl, reason) => {
    const log = join(folder, 'server.log')
    const it = strategy(id)
    const running = await RunningServer.start({
      server: it.server,
      log,
      env: serverEnvironment(
        {
          strategy: it,
          port: 0,
          databaseUrl,
          redisUrl: inject('redisUrl'),
          secrets: SECRETS,
          origins: [],
        },
        {
          ...process.env,
          BCRYPT_COST: '10',
          DATABASE_URL: databaseUrl,
          DATABASE_REPLICA_URL: await replicaUrl(),
        },
      ),
    })
    try {
      const said = await readFile(log, 'utf8')
      expect(said).toContain('DATABASE_REPLICA_URL cannot be used: GET /users asks the primary')
      expect(said).toMatch(reason)
      expect(said).not.toContain('hunter22')
      const { device } = await registered({ url: running.url, strategy: it })
      expect((await device.send('GET', `${paths.users}?limit=1`)).status).toBe(200)
    } finally {
      await running.kill()
    }
  })
})
