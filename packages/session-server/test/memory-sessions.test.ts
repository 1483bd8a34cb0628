import { beforeEach, describe, expect, test } from 'vitest'
import { MemorySessions } from '../src/stores/memory.js'
import { expiryOf, type SessionRecord } from '../src/stores/session-store.js'

const NOW = Date.parse('2026-01-02T03:04:05.678Z')
const session = (userId: string, deviceId: string, passwordVersion = 1): SessionRecord => ({
  userId,
  email: `${userId}@example.org`,
  deviceId,
  userAgent: null,
  createdAt: NOW,
  idleUntil: NOW + 1_000,
  absoluteUntil: NOW + 5_000,
  passwordVersion,
})

let store: MemorySessions
beforeEach(async () => {
  store = new MemorySessions()
  await store.create('1', session('alice', 'phone'))
  await store.create('2', session('alice', 'laptop'))
  await store.create('3', session('bob', 'phone'))
})
const left = async (): Promise<string[]> => {
  const read = await Promise.all(['1', '2', '3', '4'].map((id) => store.read(id)))
  return read.flatMap((it) => (it ? [`${it.userId}/${it.deviceId}`] : []))
}

describe('sessions in memory', () => {
  test('are found by their id', async () => {
    expect(await store.read('1')).toStrictEqual(session('alice', 'phone'))
    expect(await store.read('9')).toBeUndefined()
  })

  test('are written only where they still are: an ended one does not come back', async () => {
    const later = { ...session('alice', 'phone'), idleUntil: NOW + 2_000 }
    expect(await store.update('1', later)).toBe(true)
    expect((await store.read('1'))?.idleUntil).toBe(NOW + 2_000)
    await store.destroy('1')
    expect(await store.update('1', later)).toBe(false)
    expect(await store.replace('1', '4', later)).toBe(false)
    expect(await left()).toStrictEqual(['alice/laptop', 'bob/phone'])
  })

  test('move to a new id; of two moves at once, one wins', async () => {
    const moves = [
      store.replace('1', '4', session('alice', 'phone')),
      store.replace('1', '5', session('alice', 'phone')),
    ]
    expect(await Promise.all(moves)).toStrictEqual([true, false])
    expect(await store.read('1')).toBeUndefined()
    expect(await store.read('4')).toBeDefined()
    expect(await store.read('5')).toBeUndefined()
  })

  test('are ended by any id that they have had, and others are not', async () => {
    await store.replace('1', '4', session('alice', 'phone'))
    await store.replace('4', '5', session('alice', 'phone'))
    await store.destroy('1')
    expect(await store.read('5')).toBeUndefined()
    expect(await left()).toStrictEqual(['alice/laptop', 'bob/phone'])
    await store.replace('2', '4', session('alice', 'laptop'))
    store.removeExpired(new Date(NOW + 500))
    await store.destroy('2')
    expect(await left()).toStrictEqual(['bob/phone'])
  })

  test('are listed and ended for their own user only', async () => {
    const devices = (await store.list('alice')).map((it) => it.deviceId)
    expect(devices.toSorted()).toStrictEqual(['laptop', 'phone'])
    expect(await store.destroyDevice('bob', 'laptop')).toBe(false)
    expect(await store.destroyDevice('bob', 'phone')).toBe(true)
    expect(await left()).toStrictEqual(['alice/phone', 'alice/laptop'])
  })

  test('are all ended for their own user only', async () => {
    await store.destroyAll('alice')
    expect(await left()).toStrictEqual(['bob/phone'])
  })

  test('are ended by a new password, but for the device that sets it and those that know it', async () => {
    await store.create('4', session('alice', 'tablet', 2))
    const revocation = { userId: 'alice', passwordVersion: 2, keptDevice: 'phone' }
    await store.endDevices(revocation)
    expect(await left()).toStrictEqual(['alice/phone', 'bob/phone', 'alice/tablet'])
    await store.endDevices({ ...revocation, keptDevice: undefined })
    expect(await left()).toStrictEqual(['bob/phone', 'alice/tablet'])
  })

  test('are removed when the earlier of their deadlines has come', async () => {
    await store.update('2', { ...session('alice', 'laptop'), idleUntil: NOW + 9_000 })
    store.removeExpired(new Date(NOW + 999))
    expect(await left()).toHaveLength(3)
    store.removeExpired(new Date(NOW + 1_000))
    expect(await left()).toStrictEqual(['alice/laptop'])
    store.removeExpired(new Date(NOW + 5_000))
    expect(await left()).toStrictEqual([])
  })

  test('end at the idle or the absolute deadline, whichever comes first', () => {
    expect(expiryOf(session('alice', 'phone'))).toBe(NOW + 1_000)
    expect(expiryOf({ ...session('alice', 'phone'), idleUntil: NOW + 9_000 })).toBe(NOW + 5_000)
  })
})
