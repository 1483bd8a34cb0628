import { Redis } from 'ioredis'
import { Client } from 'pg'
import { paths } from '@session-vs-jwt/http-contract'
import { describe, expect, inject, test } from 'vitest'
import { matrix } from '../contract/matrix.js'
import { loggedIn, registered } from '../device.js'
import { startServer } from '../start-server.js'

/** What both stores hold that belongs to a user, as texts: keys, fields and values. */
async function everythingStoredOf(userId: string, tag: string): Promise<string[]> {
  return [...(await inRedis(userId, tag)), ...(await inPostgres(userId))]
}

async function inRedis(userId: string, tag: string): Promise<string[]> {
  const redis = new Redis(inject('redisUrl'))
  const keys = [...(await redis.keys(`*${userId}*`)), ...(await redis.keys(`*{${tag}}*`))]
  const found = await Promise.all(
    keys.map(async (key) => {
      const type = await redis.type(key)
      if (type === 'string') return [key, String(await redis.get(key))]
      if (type === 'hash') return [key, ...Object.entries(await redis.hgetall(key)).flat()]
      return [key, ...(await redis.smembers(key))]
    }),
  )
  redis.disconnect()
  return found.flat()
}

async function inPostgres(userId: string): Promise<string[]> {
  const sql = new Client(inject('databaseUrl'))
  await sql.connect()
  const columns = await sql.query<{ table: string; column: string }>(
    `SELECT table_name AS table, column_name AS column FROM information_schema.columns
     WHERE column_name = 'user_id' OR (table_name = 'users' AND column_name = 'id')`,
  )
  const found: string[] = []
  for (const { table, column } of columns.rows) {
    const { rows } = await sql.query(`SELECT * FROM "${table}" WHERE "${column}" = $1`, [userId])
    found.push(...rows.flatMap((row) => Object.values(row).map(asText)))
  }
  await sql.end()
  return found
}

/** As somebody who read the bytes would try them. */
function asText(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('base64url') : String(value)
}

describe.each(matrix)('%s', (_label, it) => {
  test('who reads both stores logs in with nothing of what is there [ASVS 7.2.3, ASVS 11.4.2]', async () => {
    const server = await startServer(it)
    const { device, account } = await registered(server)
    await loggedIn(server, account)
    const secrets = [account.password, device.access, device.refresh]
    expect((await device.rotate()).status).toBe(200)
    secrets.push(device.access, device.refresh)
    const { id } = (await device.whoami()).body
    const tag = /^sid=([0-9a-f]{4})\./.exec(device.access)?.[1] ?? 'none'
    const texts = await everythingStoredOf(id, tag)
    expect(texts.join()).toContain(account.nickname)
    if (it.promises.devices && it.promises.stateIn !== 'process') {
      expect(texts.filter((text) => text.includes(id)).length).toBeGreaterThan(1)
    }

    const values = secrets
      .flatMap((text) => text.split('; '))
      .map((text) => text.replace(/^sid=/, ''))
    for (const secret of values.filter(Boolean)) {
      expect(
        texts.some((text) => text.includes(secret)),
        secret,
      ).toBe(false)
    }
    const words = new Set(texts.flatMap((text) => text.match(/[\w.$/+=-]{16,}/g) ?? []))
    for (const word of words) {
      const cookies = [word, `${tag}.${word}`].map((value) => `sid=${value}; sid.sig=${word}`)
      const basic = Buffer.from(`${account.email}:${word}`).toString('base64')
      const tries = [
        device.sendBare('GET', paths.whoami, { authorization: `Bearer ${word}` }),
        device.sendBare('POST', paths.rotateRefresh, { authorization: `Bearer ${word}` }),
        ...cookies.map(async (cookie) => device.sendBare('GET', paths.whoami, { cookie })),
      ]
      for (const answer of await Promise.all(tries)) expect(answer.status, word).toBe(401)
      const login = await device.sendBare('POST', paths.login, { authorization: `Basic ${basic}` })
      expect([401, 429], word).toContain(login.status)
    }
    expect(texts.filter((text) => text.startsWith('$2b$04$'))).toHaveLength(1)
    await server.stop()
  })
})
