import { beforeEach, describe, expect, test } from 'vitest'
import { MemoryRefreshFamilies } from '../src/stores/memory.js'
import type { RefreshFamily } from '../src/stores/refresh-family-store.js'
import type { SpentTokenPolicy } from '../src/stores/spent-token-policy.js'

const NOW = Date.parse('2026-01-02T03:04:05.678Z')
const family = (userId: string, id: string, passwordVersion = 1): RefreshFamily => ({
  id,
  userId,
  userAgent: null,
  createdAt: NOW,
  liveUntil: NOW + 1_000,
  absoluteUntil: NOW + 5_000,
  passwordVersion,
})
const presented = (tokenHash: string) => ({ userId: 'alice', familyId: 'phone', tokenHash })
const rotation = (newTokenHash: string, graceMs = 0) => ({
  newTokenHash,
  graceUntil: now + graceMs,
  liveUntil: now + 1_000,
})

let now: number
let store: MemoryRefreshFamilies
const open = async (policy: SpentTokenPolicy): Promise<void> => {
  now = NOW
  store = new MemoryRefreshFamilies({ clock: () => new Date(now), policy, denyMs: 100 })
  await store.start(family('alice', 'phone'), 'first')
  await store.start(family('alice', 'laptop'), 'first')
  await store.start(family('bob', 'tablet'), 'first')
}
beforeEach(async () => open('strict'))
const left = async (): Promise<string[]> => {
  const families = [...(await store.list('alice')), ...(await store.list('bob'))]
  return families.map(({ userId, id }) => `${userId}/${id}`)
}

describe('refresh families in memory', () => {
  test('rotate a live token; of two rotations at once, one wins and the other ends the family', async () => {
    const results = await Promise.all([
      store.rotate(presented('first'), rotation('second')),
      store.rotate(presented('first'), rotation('third')),
    ])
    expect(results).toStrictEqual([
      { outcome: 'rotate', absoluteUntil: NOW + 5_000 },
      { outcome: 'end' },
    ])
    expect(await left()).toStrictEqual(['alice/laptop', 'bob/tablet'])
    expect(await store.rotate(presented('second'), rotation('fourth'))).toStrictEqual({
      outcome: 'gone',
    })
  })

  test('live as long as the youngest token, and never beyond the absolute limit', async () => {
    now += 900
    await store.rotate(presented('first'), rotation('second'))
    expect((await store.list('alice'))[0]?.liveUntil).toBe(NOW + 1_900)
    now = NOW + 4_500
    await store.rotate(presented('second'), rotation('third'))
    expect((await store.list('alice'))[0]?.liveUntil).toBe(NOW + 5_000)
  })

  test('are found by the right user only', async () => {
    const stolen = { ...presented('first'), userId: 'bob' }
    expect(await store.rotate(stolen, rotation('second'))).toStrictEqual({ outcome: 'gone' })
    expect(await store.end('bob', 'phone')).toBe(false)
    expect(await left()).toStrictEqual(['alice/phone', 'alice/laptop', 'bob/tablet'])
    expect(await store.end('alice', 'phone')).toBe(true)
    expect(await left()).toStrictEqual(['alice/laptop', 'bob/tablet'])
  })

  test('are all ended for their own user only', async () => {
    await store.endAll('alice')
    expect(await left()).toStrictEqual(['bob/tablet'])
  })

  test('are ended by a new password, but for the device that sets it and those that know it', async () => {
    await store.start(family('alice', 'watch', 2), 'first')
    const revocation = { userId: 'alice', passwordVersion: 2, keptDevice: 'phone' }
    await store.endDevices(revocation)
    expect(await left()).toStrictEqual(['alice/phone', 'alice/watch', 'bob/tablet'])
    await store.endDevices({ ...revocation, keptDevice: undefined })
    expect(await left()).toStrictEqual(['alice/watch', 'bob/tablet'])
  })

  test('that ended are denied until their access tokens have expired', async () => {
    expect(await store.isDenied('alice', 'phone')).toBe(false)
    await store.end('alice', 'phone')
    expect(await store.isDenied('alice', 'phone')).toBe(true)
    now += 100
    expect(await store.isDenied('alice', 'phone')).toBe(false)
  })

  const spentTwice = async (policy: SpentTokenPolicy) => {
    await open(policy)
    await store.rotate(presented('first'), rotation('second', 300))
    now += 100
    // A successor is always the same one.
    const next = policy === 'same-successor' ? 'second' : 'third'
    return store.rotate(presented('first'), rotation(next, 300))
  }
  const [absoluteUntil, graceUntil] = [NOW + 5_000, NOW + 300]

  test.each([
    ['strict', { outcome: 'end' }, 'gone', 'gone'],
    ['refuse-quietly', { outcome: 'refuse' }, 'rotate', 'end'],
    ['same-successor', { outcome: 'repeat', absoluteUntil, graceUntil }, 'rotate', 'end'],
    ['separate-branch', { outcome: 'rotate', absoluteUntil }, 'rotate', 'end'],
  ] as const)('%s: within the grace period, and after it', async (policy, result, next, late) => {
    expect(await spentTwice(policy)).toStrictEqual(result)
    const second = await store.rotate(presented('second'), rotation('fourth', 300))
    expect(second.outcome).toBe(next)
    // Its use within the grace period has not made it longer.
    now = graceUntil
    const replay = await store.rotate(presented('first'), rotation('fifth', 300))
    expect(replay.outcome).toBe(late)
    expect(await left()).toStrictEqual(['alice/laptop', 'bob/tablet'])
  })

  test('have a second live token under the policy "separate-branch" only', async () => {
    for (const policy of ['refuse-quietly', 'same-successor', 'separate-branch'] as const) {
      await spentTwice(policy)
      const { outcome } = await store.rotate(presented('third'), rotation('fourth'))
      expect(outcome).toBe(policy === 'separate-branch' ? 'rotate' : 'end')
    }
  })
})
