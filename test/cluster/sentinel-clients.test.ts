import type { RedisProcess } from '@session-vs-jwt/services'
import { connectRedis, type RedisConnection } from '@session-vs-jwt/stores/redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../faults/load.js'
import { follows, promoted, type RedisGroup, startGroup } from './groups.js'

/** A client that hears of the failover in a bad moment gives up for good: one of many does. */
const CLIENTS = 12

let group: RedisGroup
const clients: RedisConnection[] = []
beforeAll(async () => {
  group = await startGroup('sentinels')
  for (let n = 0; n < CLIENTS; n += 1) clients.push(await connectRedis({ url: group.url }))
}, 60_000)
afterAll(async () => {
  await Promise.all(clients.map(async (it) => it.close()))
  await group?.stop()
})

test('every client comes back after every failover', async () => {
  const [first, second] = group.servers as [RedisProcess, RedisProcess]
  for (const [master, replica] of [
    [first, second],
    [second, first],
  ] as const) {
    await master.kill()
    await promoted(replica, 12_000)
    await until('all clients are back', async () => areServed(), 5_000)
    await master.restart()
    // Sentinels make a replica of it, and wait before they act again.
    await follows(master, 30_000)
  }
  expect(clients.map(({ redis }) => redis.status)).toEqual(clients.map(() => 'ready'))
}, 120_000)

async function areServed(): Promise<boolean> {
  const answers = clients.map(async ({ redis }) =>
    redis.set('x', '1').then(
      () => true,
      () => false,
    ),
  )
  return (await Promise.all(answers)).every(Boolean)
}
