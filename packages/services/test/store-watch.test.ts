import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  type EmbeddedPostgres,
  findRedisProgram,
  type RedisProcess,
  startEmbeddedPostgres,
  startPostgres,
  startRedis,
  startRedisProcess,
  type StoreReport,
  StoreWatch,
} from '../src/index.js'
import { query } from './postgres-client.js'
import { temporaryFolder } from './temporary-folder.js'

const program = await findRedisProgram({ folder: '.workbench', onProgress: () => undefined })
const WITHIN = { timeout: 120_000 }

interface Watched {
  readonly watch: StoreWatch
  readonly reports: StoreReport[]
}

function watched(
  what: StoreReport['what'],
  store: ConstructorParameters<typeof StoreWatch>[1],
): Watched {
  const reports: StoreReport[] = []
  const onReport = (report: StoreReport): void => void reports.push(report)
  const watch = new StoreWatch(what, store, { onReport, attempts: 3, backoffMs: 50 })
  onTestFinished(async () => watch.stop())
  return { watch, reports }
}

/** Each change of state. A store that is lost can be reported again with another reason, for example as it starts. */
const states = ({ reports }: Watched): string[] =>
  reports.map(({ state }) => state).filter((state, at, all) => state !== all[at - 1])

/** Kills the main process from outside: the store object does not expect it. */
function killMain(store: EmbeddedPostgres | RedisProcess): void {
  process.kill(Math.min(...store.pids()), 'SIGKILL')
}

describe('the watch over an embedded PostgreSQL', () => {
  const folder = temporaryFolder(afterAll)
  let postgres: EmbeddedPostgres
  beforeAll(async () => {
    postgres = await startEmbeddedPostgres({ folder, durable: false })
  })
  afterAll(async () => postgres.stop())

  it('restarts it at the same place after kill -9, and says so', async () => {
    const seen = watched('PostgreSQL', postgres)
    expect(await seen.watch.ask()).toBeUndefined()
    killMain(postgres)
    await expect.poll(() => states(seen), WITHIN).toEqual(['lost', 'running'])
    expect(seen.reports[0]?.line).toBe('PostgreSQL ended by itself. Restarting it …')
    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('reports one that was given by URL, and does not restart it', async () => {
    const seen = watched('PostgreSQL', await startPostgres({ folder, databaseUrl: postgres.url }))
    killMain(postgres)
    await expect.poll(() => states(seen), WITHIN).toEqual(['lost'])
    expect(seen.reports[0]?.line).toMatch(/given by DATABASE_URL.*does not restart it/)
    expect(await seen.watch.ask()).toBeDefined()
    await postgres.restart()
    await expect.poll(() => states(seen), WITHIN).toEqual(['lost', 'running'])
  })

  it('waits for one whose process has survived', async () => {
    const seen = watched('PostgreSQL', postgres)
    await seen.watch.ask()
    const pids = postgres.pids()
    process.kill(Math.max(...pids), 'SIGKILL')
    await expect.poll(async () => seen.watch.ask(), WITHIN).toBeUndefined()
    expect(Math.min(...postgres.pids())).toBe(Math.min(...pids))
  })
})

describe.skipIf(!program)('the watch over a Redis', () => {
  const findServer = async (): Promise<typeof program> => program
  let folder: string
  let redis: RedisProcess

  async function started(): Promise<Watched> {
    folder = temporaryFolder()
    redis = await startRedisProcess({ folder, findServer })
    onTestFinished(async () => redis.stop())
    return watched('Redis', redis)
  }

  it('restarts it after kill -9, as often as it happens', async () => {
    const seen = await started()
    killMain(redis)
    await expect.poll(() => states(seen), WITHIN).toEqual(['lost', 'running'])
    killMain(redis)
    await expect.poll(() => states(seen), WITHIN).toEqual(['lost', 'running', 'lost', 'running'])
  })

  it('leaves it down after it was taken down, until it is brought back', async () => {
    const seen = await started()
    await seen.watch.takeDown()
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect([states(seen), redis.pids()]).toEqual([['stopped'], []])
    await seen.watch.bringBack()
    expect(states(seen)).toEqual(['stopped', 'running'])
    killMain(redis)
    await expect.poll(() => states(seen), WITHIN).toEqual(['stopped', 'running', 'lost', 'running'])
  })

  it('gives up when it cannot be restarted, says why, and tries once more on demand', async () => {
    const seen = await started()
    const data = join(folder, 'redis', 'appendonlydir')
    rmSync(data, { recursive: true })
    writeFileSync(data, 'garbage')
    killMain(redis)
    await expect.poll(() => states(seen), WITHIN).toContain('given-up')
    expect(seen.reports.at(-1)?.line).toMatch(
      /could not be restarted, in 3 attempts.*npm run stop[^]*"npm run reset" removes all users/,
    )
    await expect(seen.watch.bringBack()).rejects.toThrow('Redis ended as it started')
    rmSync(data)
    await seen.watch.bringBack()
    expect(seen.watch.report.state).toBe('running')
  })

  it('reports one that was given by URL, and does not restart it', async () => {
    const own = await started()
    await own.watch.stop()
    const seen = watched('Redis', (await startRedis({ folder, redisUrl: redis.url }))!)
    await redis.kill()
    await expect.poll(() => states(seen), WITHIN).toEqual(['lost'])
  })
})
