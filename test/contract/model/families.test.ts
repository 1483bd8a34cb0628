// A failure prints seed and path: MODEL_SEED and MODEL_PATH take it again, MODEL_RUNS runs more.
import { randomUUID } from 'node:crypto'
import {
  defineFamilyCommands,
  type FamilySettings,
  PostgresRefreshFamilies,
  RedisRefreshFamilies,
  type RefreshFamilyStore,
  type SpentTokenPolicy,
  withinGrace,
} from '@session-vs-jwt/jwt-server'
import { connectPostgres, type PostgresConnection } from '@session-vs-jwt/stores/postgres'
import { connectRedis, type RedisConnection } from '@session-vs-jwt/stores/redis'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, inject, test } from 'vitest'
import { agree, familySteps, GRACE_MS } from './families.js'

const RUNS = Number(process.env['MODEL_RUNS'] ?? 40)
const SEED = process.env['MODEL_SEED']

let postgres: PostgresConnection
let redis: RedisConnection
const userId = randomUUID()
beforeAll(async () => {
  const timeoutFactor = inject('timeoutFactor')
  postgres = connectPostgres({ url: inject('databaseUrl'), timeoutFactor })
  redis = await connectRedis({ url: inject('redisUrl'), timeoutFactor })
})
afterAll(async () => Promise.all([postgres?.close(), redis?.close()]))

const STORES: Readonly<Record<string, (settings: FamilySettings) => RefreshFamilyStore>> = {
  Redis: (settings) =>
    new RedisRefreshFamilies(defineFamilyCommands(redis), {
      ...settings,
      deadline: redis.deadline,
    }),
  PostgreSQL: (settings) => new PostgresRefreshFamilies(postgres.sql, settings),
}

const cases = Object.keys(STORES).flatMap((store) =>
  (Object.keys(withinGrace) as SpentTokenPolicy[]).map((policy) => ({ store, policy })),
)

describe.each(cases)('refresh families in $store, policy $policy', ({ store, policy }) => {
  test('rotate as those in memory, one after another and at once', async () => {
    await expectAgreement(store, policy)
  })
})

async function expectAgreement(store: string, policy: SpentTokenPolicy): Promise<void> {
  const open = STORES[store] as (settings: FamilySettings) => RefreshFamilyStore
  const graceMs = policy === 'strict' ? 0 : GRACE_MS
  const agreement = fc.asyncProperty(familySteps, async (steps) =>
    agree(open, { userId, policy, graceMs }, steps),
  )
  await fc.assert(agreement, {
    numRuns: RUNS,
    ...(SEED && { seed: Number(SEED), path: process.env['MODEL_PATH'] ?? '' }),
  })
}
