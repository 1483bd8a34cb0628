import { createPublicKey, type JsonWebKey, verify } from 'node:crypto'
import { paths } from '@session-vs-jwt/http-kit'
import { BearerClient } from '@session-vs-jwt/workbench'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { Device, loggedIn, registered } from '../device.js'
import { keySet, startServer, type TestServer } from '../start-server.js'
import { matrixOf, strategy } from './matrix.js'

const withFamilies = matrixOf('jwt').filter(([, it]) => it.promises.devices)

const holding = (server: TestServer, tokens: { accessToken?: string; refreshToken?: string }) =>
  new Device(new BearerClient(server.url, tokens))

/** Header or payload of a token. */
const part = (token: string, index: 0 | 1): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString())

describe.each(matrixOf('jwt'))('%s', (_label, it) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer(it)
  })
  afterAll(async () => server.stop())

  test('claims of both tokens (RFC 7519, 4.1)', async () => {
    const { device, account } = await registered(server)
    const { id } = (await device.whoami()).body
    for (const [token, type, life] of [
      [device.access, 'access', 300],
      [device.refresh, 'refresh', 3600],
    ] as const) {
      const claims = part(token, 1)
      const aud = 'session-vs-jwt'
      expect(claims).toMatchObject({ sub: id, email: account.email, type, iss: aud, aud })
      expect(Number(claims['exp']) - Number(claims['iat'])).toBe(life)
      expect(claims['jti']).toMatch(/^[0-9a-f-]{36}$/)
    }
  })

  test('a refresh token opens no private route, an access token renews nothing', async () => {
    const { device } = await registered(server)
    const swapped = holding(server, { accessToken: device.refresh, refreshToken: device.access })
    const privateRoutes = [paths.whoami, paths.me, paths.users, paths.posts, paths.devices]
    for (const path of privateRoutes) expect((await swapped.send('GET', path)).status).toBe(401)
    expect((await swapped.logoutAll()).status).toBe(401)
    expect((await swapped.renew()).status).toBe(401)
    expect((await swapped.rotate()).status).toBe(401)
    expect((await device.rotate()).status, 'the refusals spent nothing').toBe(200)
  })

  test('an access token dies with its exp, and is renewed', async () => {
    const own = await startServer(it)
    const { device } = await registered(own)
    own.clock.advance(301)
    const { status, body, headers } = await device.whoami()
    expect([status, body.code]).toEqual([401, 'expired_credential'])
    expect(headers['www-authenticate']).toMatch(/^Bearer realm="jwt-server", error="invalid_token"/)
    expect((await device.renew()).status).toBe(200)
    expect((await device.whoami()).status).toBe(200)
    own.clock.advance(3600)
    expect((await device.renew()).body.code).toBe('expired_credential')
    await own.stop()
  })

  test('logout takes the refresh token too, when the access token has expired', async () => {
    const own = await startServer(it)
    const { device } = await registered(own)
    own.clock.advance(301)
    expect((await device.logout()).body.code).toBe('expired_credential')
    const byRefresh = holding(own, { accessToken: device.refresh })
    expect((await byRefresh.logout()).status).toBe(204)
    const ended = it.promises.spentCredential === 'refused'
    expect((await device.renew()).status).toBe(ended ? 401 : 200)
    await own.stop()
  })

  test.each(['HS256', 'RS256', 'ES256'] as const)('%s: sign, verify, JWKS', async (alg) => {
    const env = { JWT_ACCESS_KEYS: keySet(alg, 'a'), JWT_REFRESH_KEYS: keySet(alg, 'r') }
    const own = await startServer(it, { env })
    const { device } = await registered(own)
    expect(part(device.access, 0)).toEqual({ alg, typ: 'JWT', kid: 'a' })
    expect((await device.whoami()).status).toBe(200)
    expect((await device.rotate()).status).toBe(200)
    const { status, body } = await device.sendBare('GET', paths.jwks)
    if (alg === 'HS256') expect([status, body.code]).toEqual([404, 'not_found'])
    else expect(verifiesWith(body.keys[0], device.access)).toBe(true)
    await own.stop()
  })

  test('key rotation: the key before verifies, the present one signs, others do not', async () => {
    const [old, present] = [keySet('ES256', 'old'), keySet('ES256', 'new')].map((json) =>
      JSON.parse(json),
    )
    const both = JSON.stringify({ keys: [...present.keys, ...old.keys] })
    const start = (keys: string): Promise<TestServer> =>
      startServer(it, { env: { JWT_ACCESS_KEYS: keys } })
    const before = await start(JSON.stringify(old))
    const during = await start(both)
    const after = await start(JSON.stringify(present))
    const { device } = await registered(before)
    const there = device.at(during)
    expect((await there.whoami()).status).toBe(200)
    await there.renew()
    expect(part(there.access, 0)).toMatchObject({ kid: 'new' })
    expect((await there.at(after).whoami()).status).toBe(200)
    expect((await device.at(after).whoami()).status).toBe(401)
    await Promise.all([before.stop(), during.stop(), after.stop()])
  })
})

function verifiesWith(jwk: object, token: string): boolean {
  const [head = '', body = '', signature = ''] = token.split('.')
  const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
  const data = Buffer.from(`${head}.${body}`)
  expect(Object.keys(jwk)).not.toEqual(expect.arrayContaining(['d']))
  return verify(
    'sha256',
    data,
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
}

describe.each(withFamilies)('families: %s', (_label, it) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer(it)
  })
  afterAll(async () => server.stop())

  test('one winner among 20 that rotate at once, and the replays end the family', async () => {
    const { device } = await registered(server)
    const tabs = Array.from({ length: 20 }, () => device.copy())
    const replies = await Promise.all(tabs.map((tab) => tab.rotate()))
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
    const others = replies.filter(({ status }) => status !== 200)
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set([401]))
    for (const tab of tabs) expect((await tab.rotate()).status).toBe(401)
  })

  test.each(['rotate', 'renew'] as const)(
    'a spent token at %s ends its family, the newest child included',
    async (how) => {
      const { device, account } = await registered(server)
      const other = await loggedIn(server, account)
      const thief = device.copy()
      await device.rotate()
      await device.rotate()
      const { status, body } = await thief[how]()
      expect([status, body.code]).toEqual([401, 'reused_credential'])
      expect((await device.rotate()).status).toBe(401)
      expect((await device.renew()).status).toBe(401)
      expect((await other.rotate()).status, 'another login goes on').toBe(200)
    },
  )

  test('within the grace period racing tabs all go on; after it a replay ends them', async () => {
    const own = await startServer(it, { env: { REFRESH_GRACE_SECONDS: '10' } })
    const { device } = await registered(own)
    const [tab, late] = [device.copy(), device.copy()]
    const replies = await Promise.all([device.rotate(), tab.rotate()])
    expect(replies.map(({ status }) => status)).toEqual([200, 200])
    expect((await device.rotate()).status).toBe(200)
    expect((await tab.rotate()).status).toBe(200)
    own.clock.advance(11)
    expect((await late.rotate()).body.code).toBe('reused_credential')
    expect((await device.rotate()).status).toBe(401)
    expect((await tab.rotate()).status).toBe(401)
    await own.stop()
  })

  test('no access token outlives its family: at its end logout everywhere leaves nothing', async () => {
    const own = await startServer(it, { env: { REFRESH_TOKEN_SECONDS: '60' } })
    const { device } = await registered(own)
    expect(Number(part(device.access, 1)['exp'])).toBe(Number(part(device.refresh, 1)['exp']))
    own.clock.advance(30)
    await device.renew()
    expect(Number(part(device.access, 1)['exp'])).toBe(Number(part(device.refresh, 1)['exp']))
    own.clock.advance(31)
    expect((await device.whoami()).status).toBe(401)
    await own.stop()
  })

  test('ending a device that is none writes nothing', async () => {
    const { device } = await registered(server)
    const redis = new Redis(inject('redisUrl'))
    const id = '01a208f4-c0a1-70cc-bfab-000000000000'
    expect((await device.send('DELETE', `${paths.devices}/${id}`)).status).toBe(404)
    expect(await redis.keys(`denied-family:*${id}`)).toEqual([])
    redis.disconnect()
  })

  test('rotation never extends a family beyond its absolute end', async () => {
    const own = await startServer(it)
    const { device } = await registered(own)
    for (let hours = 0; hours < 7.5; hours += 0.75) {
      own.clock.advance(45 * 60)
      expect((await device.rotate()).status).toBe(200)
    }
    const left = Number(part(device.refresh, 1)['exp']) * 1000 - own.clock.now().getTime()
    expect(left).toBeLessThanOrEqual(30 * 60 * 1000)
    own.clock.advance(31 * 60)
    expect((await device.rotate()).status).toBe(401)
    await own.stop()
  })

  test('logout everywhere also ends a family that is being rotated', async () => {
    for (let round = 0; round < 15; round += 1) {
      const { device, account } = await registered(server)
      const other = await loggedIn(server, account)
      const [ended] = await Promise.all([device.logoutAll(), other.rotate()])
      expect(ended.status).toBe(204)
      expect((await other.rotate()).status).toBe(401)
    }
  })

  test('it survives a restart, and a second instance knows it', async () => {
    const first = await startServer(it)
    const second = await startServer(it)
    const { device } = await registered(first)
    expect((await device.at(second).renew()).status).toBe(200)
    await first.stop()
    expect((await device.at(second).rotate()).status).toBe(200)
    await second.stop()
  })
})

test('a store knows no token: neither Redis nor PostgreSQL holds one, or its id', async () => {
  for (const [, it] of withFamilies) {
    const server = await startServer(it)
    const { device } = await registered(server)
    await device.rotate()
    const jti = String(part(device.refresh, 1)['jti'])
    const kept = await everythingStoredOf(String(part(device.refresh, 1)['sub']))
    expect(kept).toContain(String(part(device.refresh, 1)['sid']))
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

test('jwt-user-lookup: a user who is deleted is out at once; elsewhere the token lives on', async () => {
  const sql = new Client(inject('databaseUrl'))
  await sql.connect()
  for (const [id, expected] of [
    ['jwt-user-lookup', 401],
    ['jwt-rotating', 200],
  ] as const) {
    const server = await startServer(strategy(id))
    const { device, account } = await registered(server)
    await sql.query('DELETE FROM users WHERE email = $1', [account.email])
    expect((await device.whoami()).status).toBe(expected)
    expect((await device.send('GET', paths.me)).status).toBe(401)
    expect((await device.send('POST', paths.posts, { title: 'T', body: 'B' })).status).toBe(401)
    await server.stop()
  }
  await sql.end()
})
