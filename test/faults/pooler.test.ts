import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { paths } from '@session-vs-jwt/http-contract'
import {
  type EmbeddedPostgres,
  freePorts,
  type Pooler,
  removeData,
  type ServerProgram,
  startEmbeddedPostgres,
  startPooler,
} from '@session-vs-jwt/services'
import { migrate, RunningServer, serverEnvironment } from '@session-vs-jwt/workbench'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { strategy } from '../contract/matrix.js'
import { registered } from '../device.js'
import { SECRETS } from '../start-server.js'

const MAIN = resolve('packages/workbench/dist/main.js')
const STRATEGIES = ['session-postgres', 'jwt-rotating on PostgreSQL']

describe.skipIf(!inject('pooler'))('A PgBouncer in transaction mode', () => {
  let folder: string
  let postgres: EmbeddedPostgres
  let pooler: Pooler

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-pooler-'))
    postgres = await startEmbeddedPostgres({ folder, durable: false })
    pooler = await startPooler(inject('pooler') as ServerProgram, { folder, postgres })
  })
  afterAll(async () => {
    await pooler?.stop()
    await postgres?.stop()
    await removeData(folder)
  })

  const start = async (label: string, databaseUrl: string): Promise<RunningServer> => {
    const { server, ...rest } = strategy(label)
    const settings = { strategy: { server, ...rest }, port: 0, databaseUrl, redisUrl: undefined }
    const parent = { ...process.env, BCRYPT_COST: '10' }
    const env = serverEnvironment({ ...settings, secrets: SECRETS, origins: [] }, parent)
    return RunningServer.start({ server, log: join(folder, 'server.log'), env })
  }

  test('takes migrations, several at once', async () => {
    await Promise.all(Array.from({ length: 4 }, async () => migrate(pooler.url)))
    const tables = `SELECT count(*)::int AS found FROM pg_tables WHERE schemaname = 'public'`
    expect(await asked(postgres.url, tables)).toBeGreaterThan(5)
  })

  test.each(STRATEGIES)('%s does not start without the limits of its role', async (label) => {
    const failure = await start(label, pooler.url).catch((error: unknown) => error as Error)
    if (!(failure instanceof Error)) throw new Error('it started')
    expect(failure.message.split('\n')).toHaveLength(2)
    expect(failure.message).toMatch(
      /ALTER ROLE workbench IN DATABASE workbench SET statement_timeout/,
    )
    expect(failure.message).not.toContain(new URL(pooler.url).password)
  })

  test.each(STRATEGIES)('%s does not start where pgbouncer=true is forgotten', async (label) => {
    const url = pooler.url.replace('?pgbouncer=true', '')
    await expect(start(label, url)).rejects.toThrow(/add "\?pgbouncer=true" to the address/)
  })

  test('"npm start" and "npm run doctor" say which SQL is missing', async () => {
    for (const command of ['start', 'doctor']) {
      const { code, output } = await run(command)
      expect(output).toMatch(/ALTER ROLE workbench IN DATABASE workbench SET statement_timeout/)
      expect(output).not.toMatch(/^ +at /m)
      expect(code).toBe(1)
    }
  })

  test('"npm run migrate" sets the limits, and says what is left to do', async () => {
    const { code, output } = await run('migrate')
    expect(output).toMatch(/SET statement_timeout = '350ms';[^]*RECONNECT/)
    expect(code).toBe(0)
    await pooler.restart()
    expect((await run('migrate')).output).toMatch(/has the limits that the servers need\.$/m)
  })

  test.each(STRATEGIES)(
    '%s works with them, and changes no setting of a connection',
    async (label) => {
      const running = await start(label, pooler.url)
      try {
        const { device } = await registered({ url: running.url, strategy: strategy(label) })
        const sent = Array.from({ length: 20 }, async () => device.send('GET', paths.me))
        expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(sent.map(() => 200))
        expect((await device.rotate()).status).toBe(200)
        expect(
          await asked(pooler.url, 'SELECT count(*)::int AS found FROM pg_prepared_statements'),
        ).toBe(0)
        expect(
          await asked(
            pooler.url,
            `SELECT count(*)::int AS found FROM pg_settings
          WHERE source = 'session' AND setting <> reset_val AND name <> 'application_name'`,
          ),
        ).toBe(0)
      } finally {
        await running.kill()
      }
    },
  )

  interface Outcome {
    readonly code: number | null
    readonly output: string
  }

  /** Runs a command of the workbench with DATABASE_URL. */
  async function run(command: string): Promise<Outcome> {
    const { PATH } = process.env
    const [page, session, jwt] = (await freePorts(3)).map(String)
    const env = {
      PATH,
      DATABASE_URL: pooler.url,
      REDIS_URL: inject('redisUrl'),
      WORKBENCH_FOLDER: join(folder, 'workbench'),
      WORKBENCH_PORT: page,
      SESSION_PORT: session,
      JWT_PORT: jwt,
    }
    return new Promise((done) => {
      const child = execFile(process.execPath, [MAIN, command], { env }, (_error, stdout, stderr) =>
        done({ code: child.exitCode, output: stdout + stderr }),
      )
    })
  }
})

async function asked(connectionString: string, sql: string): Promise<number | undefined> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return (await client.query<{ found: number }>(sql)).rows[0]?.found
  } finally {
    await client.end()
  }
}
