import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jwtStrategies, RunningServer, sessionStrategies } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { SECRETS } from '../start-server.js'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-shell-'))
})

afterAll(async () => rm(folder, { recursive: true, force: true }))

/** What pg would add to an address that says nothing about it. */
const OF_THE_SHELL = {
  PGSSLMODE: 'require',
  PGSSLNEGOTIATION: 'direct',
  PGOPTIONS: '-c no_such_setting=1',
  PGCLIENTENCODING: 'KLINGON',
}

test.each([...sessionStrategies.slice(0, 1), ...jwtStrategies.slice(0, 1)])(
  'a server takes nothing from PGSSLMODE, PGOPTIONS and their like: $id',
  async ({ server, env: settings }) => {
    const stores = { DATABASE_URL: inject('databaseUrl'), REDIS_URL: inject('redisUrl') }
    const env = {
      ...OF_THE_SHELL,
      ...SECRETS,
      ...settings,
      ...stores,
      NODE_ENV: 'test',
      TIMEOUT_FACTOR: String(inject('timeoutFactor')),
      PORT: '0',
    }
    const running = await RunningServer.start({ server, env, log: join(folder, `${server}.log`) })
    try {
      expect((await fetch(`${running.url}/health/ready`)).status).toBe(200)
    } finally {
      await running.stop()
    }
  },
)
