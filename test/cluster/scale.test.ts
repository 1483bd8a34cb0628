import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedPostgres, removeData, startEmbeddedPostgres } from '@session-vs-jwt/services'
import { migrate } from '@session-vs-jwt/workbench'
import {
  assumptions,
  type Kept,
  needOf,
  type ScaleRecord,
  type StoreCost,
} from '@session-vs-jwt/workbench/scale'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { strategy } from '../contract/matrix.js'
import { costInPostgres, costInRedis } from '../scale/measure.js'
import { scaleMarkdown } from '../scale/scale-table.js'
import { readStrategies } from './scale-page.js'
import { startServer, type TestServer } from '../start-server.js'
import { startOwnRedis } from '../store-starts.js'

let folder: string
let postgres: EmbeddedPostgres
let redis: Awaited<ReturnType<typeof startOwnRedis>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-scale-'))
  postgres = await startEmbeddedPostgres({ folder, durable: false })
  redis = await startOwnRedis(folder)
  await migrate(postgres.url)
}, 60_000)
afterAll(async () => {
  await Promise.all([redis?.stop(), postgres?.stop()])
  await removeData(folder)
  await rm(folder, { recursive: true, force: true })
})

const PLACES: readonly (readonly [Kept, string, (server: TestServer) => Promise<StoreCost>])[] = [
  ['session in Redis', 'session-redis', async (it) => costInRedis(it, redis.url)],
  [
    'session in PostgreSQL',
    'session-postgres',
    async (it) => costInPostgres(it, postgres.url, () => postgres.pids(), 'sessions'),
  ],
  ['family in Redis', 'jwt-rotating', async (it) => costInRedis(it, redis.url)],
  [
    'family in PostgreSQL',
    'jwt-rotating on PostgreSQL',
    async (it) => costInPostgres(it, postgres.url, () => postgres.pids(), 'refresh_families'),
  ],
]

test.each(PLACES)(
  'what a login takes: %s',
  async (kept, label, measure) => {
    const env = { DATABASE_URL: postgres.url, REDIS_URL: redis.url }
    const server = await startServer(strategy(label), { env })
    const cost = await measure(server)
    await server.stop()
    await appendFile(inject('scaleFigures'), `${JSON.stringify({ kept, ...cost })}\n`)
    expect(cost.bytesPerLogin).toBeGreaterThan(100)
    expect(cost.bytesPerLogin).toBeLessThan(4_000)
    expect(cost.cpuPerLoginUs).toBeGreaterThan(0)
  },
  90_000,
)

test('docs/contract/scale.md follows from its figures', async () => {
  const record = JSON.parse(await readFile('docs/contract/scale.json', 'utf8')) as ScaleRecord
  const strategies = await readStrategies()
  const page = scaleMarkdown(record, strategies.facts, strategies.failovers)
  await expect(page).toMatchFileSnapshot('../../docs/contract/scale.md')
})

test('twice the users need twice of everything but round trips', () => {
  const cost = { bytesPerLogin: 500, cpuPerReadUs: 20, cpuPerLoginUs: 50 }
  const costs = Object.fromEntries(PLACES.map(([kept]) => [kept, cost])) as ScaleRecord['costs']
  const record = { measuredOn: '', machine: '', costs }
  const facts = {
    label: 'x',
    server: 'session',
    sent: { bytes: 52 },
    seen: { stateIn: 'redis', identityCost: { sql: 0, redis: 1 } },
  } as const
  const [one, two] = [needOf(1e6, facts, record), needOf(2e6, facts, record)]
  expect(one.liveLogins).toBeCloseTo((1e6 * assumptions.activeShare * 2) / 3, 0)
  expect(one.storeGiB).toBeCloseTo((one.liveLogins * 500) / 2 ** 30)
  expect(two.storeGiB).toBeCloseTo(2 * one.storeGiB)
  expect(two.redisCommandsPerSecond).toBeCloseTo(2 * one.redisCommandsPerSecond)
  expect(two.hops).toBe(one.hops)
  expect(one.sqlPerSecond).toBe(0)
})
