// A failure prints seed and path: MODEL_SEED and MODEL_PATH take it again, MODEL_RUNS runs more.
import { randomUUID } from 'node:crypto'
import {
  defineFamilyCommands,
  CLOCK_MARGIN_MS,
  type FamilySettings,
  MAX_LIVE_TOKENS,
  PostgresRefreshFamilies,
  RedisRefreshFamilies,
  type RefreshFamilyStore,
  type SpentTokenPolicy,
  withinGrace,
} from '@session-vs-jwt/jwt-server'
import { connectPostgres, type PostgresConnection } from '@session-vs-jwt/stores/postgres'
import { connectRedis, type RedisConnection } from '@session-vs-jwt/stores/redis'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { agree, familySteps, GRACE_MS, hashOf } from './families.js'

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

/** What the model never meets: a clock that was set back, another policy than before, and many branches. */
describe.each(Object.keys(STORES))('refresh families in %s', (store) => {
  const NOW = Date.parse('2026-01-02T03:04:05.678Z')
  let now = NOW
  const familyId = randomUUID()
  const opened = (policy: SpentTokenPolicy): RefreshFamilyStore => {
    const settings = {
      clock: () => new Date(now),
      policy,
      denyMs: 0,
      onUnreadable: () => undefined,
    }
    return (STORES[store] as (settings: FamilySettings) => RefreshFamilyStore)(settings)
  }
  const begin = async (families: RefreshFamilyStore): Promise<void> => {
    now = NOW
    await families.end(userId, familyId)
    const times = { createdAt: NOW, liveUntil: NOW + 60_000, absoluteUntil: NOW + 60_000 }
    const family = { id: familyId, userId, userAgent: null, passwordVersion: 0, ...times }
    await families.start(family, hashOf('first'))
  }
  const rotate = async (
    families: RefreshFamilyStore,
    from: string,
    to: string,
  ): Promise<string> => {
    const token = { userId, familyId, tokenHash: hashOf(from) }
    const times = { graceUntil: now + GRACE_MS, liveUntil: now + 60_000 }
    return (await families.rotate(token, { newTokenHash: hashOf(to), ...times })).outcome
  }

  test.each([
    ['refuse-quietly', 'refuse'],
    ['same-successor', 'repeat'],
    ['separate-branch', 'rotate'],
  ] as const)(
    '%s: a clock that was set back makes no grace period longer; one that differs a little does no harm',
    async (policy, inGrace) => {
      const families = opened(policy)
      await begin(families)
      expect(await rotate(families, 'first', 'second')).toBe('rotate')
      now = NOW - CLOCK_MARGIN_MS
      expect(await rotate(families, 'first', 'second')).toBe(inGrace)
      now = NOW - CLOCK_MARGIN_MS - 1
      expect(await rotate(families, 'first', 'second')).toBe('refuse')
      now = NOW
      expect(await rotate(families, 'second', 'third')).toBe('rotate')
    },
  )

  test('same-successor repeats no token that another policy gave', async () => {
    const families = opened('same-successor')
    await begin(families)
    expect(await rotate(opened('refuse-quietly'), 'first', 'random')).toBe('rotate')
    expect(await rotate(families, 'first', 'derived')).toBe('refuse')
    expect(await rotate(families, 'random', 'second')).toBe('rotate')
    expect(await rotate(families, 'random', 'second')).toBe('repeat')
  })

  test('separate-branch gives a limited number of branches', async () => {
    const families = opened('separate-branch')
    await begin(families)
    const outcomes: string[] = []
    for (let n = 0; n <= MAX_LIVE_TOKENS; n += 1)
      outcomes.push(await rotate(families, 'first', `${n}`))
    const expected = [...Array<string>(MAX_LIVE_TOKENS).fill('rotate'), 'refuse']
    expect(outcomes).toStrictEqual(expected)
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
