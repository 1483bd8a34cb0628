import { paths } from '@session-vs-jwt/http-contract'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { describe, expect, inject, test } from 'vitest'
import { registered } from '../device.js'
import { startServer } from '../start-server.js'
import { matrixOf } from './matrix.js'

const withFamilies = matrixOf('jwt').filter(([, it]) => it.promises.devices)

/** Claims of a token. */
const claims = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

describe.each(withFamilies)('%s', (_label, it) => {
  test('ending a device that is none writes nothing', async () => {
    const server = await startServer(it)
    const { device } = await registered(server)
    const redis = new Redis(inject('redisUrl'))
    const id = '01a208f4-c0a1-70cc-bfab-000000000000'
    expect((await device.send('DELETE', `${paths.devices}/${id}`)).status).toBe(404)
    expect(await redis.keys(`denied-family:*${id}`)).toEqual([])
    redis.disconnect()
    await server.stop()
  })
})

test('a store knows no token: neither Redis nor PostgreSQL holds one, or its id', async () => {
  for (const [, it] of withFamilies) {
    const server = await startServer(it)
    const { device } = await registered(server)
    await device.rotate()
    const jti = String(claims(device.refresh)['jti'])
    const kept = await everythingStoredOf(String(claims(device.refresh)['sub']))
    expect(kept).toContain(String(claims(device.refresh)['sid']))
    for (const secret of [jti, device.refresh, device.access]) expect(kept).not.toContain(secret)
    await server.stop()
  }
})

async function everythingStoredOf(userId: string): Promise<string> {
  const redis = new Redis(inject('redisUrl'))
  const found: unknown[] = []
  for (const key of await redis.keys(`*${userId}*`)) {
    const type = await redis.type(key)
    found.push(key, type === 'hash' ? await redis.hgetall(key) : await redis.smembers(key))
  }
  redis.disconnect()
  const sql = new Client(inject('databaseUrl'))
  await sql.connect()
  found.push((await sql.query('SELECT * FROM refresh_families WHERE user_id = $1', [userId])).rows)
  await sql.end()
  return JSON.stringify(found)
}
