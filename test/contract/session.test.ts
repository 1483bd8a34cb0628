import { randomBytes } from 'node:crypto'
import { paths } from '@session-vs-jwt/http-kit'
import { CookieClient, CookieJar, readServerTiming } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Device, loggedIn, newAccount, registered, type Reply } from '../device.js'
import { startServer, type TestServer } from '../start-server.js'
import { matrixOf, strategy } from './matrix.js'

const IDLE = 30 * 60
const ABSOLUTE = 8 * 60 * 60

const withStore = matrixOf('session').filter(([, it]) => it.promises.devices)

/** A device that sends the cookie `sid=value`, whoever made it. */
const holding = (server: TestServer, value: string): Device =>
  new Device(new CookieClient(server.url, new CookieJar([['sid', value]])))

const setCookies = ({ headers }: Reply): string[] => headers['set-cookie'] ?? []

describe.each(matrixOf('session'))('%s', (_label, it) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer(it)
  })
  afterAll(async () => server.stop())

  test('cookie: HttpOnly, SameSite=Lax, Path=/, no Domain, no date (RFC 6265, 4.1)', async () => {
    const reply = await new Device(server).register(newAccount())
    expect(setCookies(reply).length).toBeGreaterThan(0)
    for (const line of setCookies(reply)) {
      const attributes = line.toLowerCase().split('; ').slice(1).toSorted()
      expect(attributes).toEqual(['httponly', 'path=/', 'samesite=lax'])
    }
  })

  test('over https the cookie is __Host- and Secure (RFC 6265bis, 4.1.3.2)', async () => {
    const https = await startServer(it, { env: { PUBLIC_SCHEME: 'https' } })
    const device = new Device(https)
    const reply = await device.register(newAccount())
    for (const line of setCookies(reply)) {
      expect(line).toMatch(/^__Host-sid(\.sig)?=/)
      expect(line.toLowerCase()).toContain('; secure')
    }
    expect((await device.whoami()).status).toBe(200)
    expect(reply.headers['strict-transport-security']).toBeDefined()
    await https.stop()
  })

  test('idle deadline', async () => {
    const own = await startServer(it)
    const { device } = await registered(own)
    own.clock.advance(IDLE - 1)
    const copy = device.copy()
    own.clock.advance(2)
    const { status, body } = await copy.whoami()
    expect([status, body.code]).toEqual([401, 'expired_credential'])
    await own.stop()
  })

  test('absolute deadline: no renewal and no rotation goes beyond it', async () => {
    const own = await startServer(it)
    const { device } = await registered(own)
    const end = Date.parse((await device.whoami()).body.issuedAt) + ABSOLUTE * 1000
    for (let passed = 0; passed + IDLE / 2 < ABSOLUTE; passed += IDLE / 2) {
      own.clock.advance(IDLE / 2)
      const { body } = passed % IDLE === 0 ? await device.renew() : await device.rotate()
      expect(Date.parse(body.expiresAt)).toBeLessThanOrEqual(end)
    }
    expect((await device.whoami()).status).toBe(200)
    own.clock.advance(IDLE / 2)
    expect((await device.whoami()).status).toBe(401)
    await own.stop()
  })

  test('a read writes nothing, but for one renewal in a quarter of the idle time', async () => {
    const own = await startServer(it)
    const { device } = await registered(own)
    const calls = async (): Promise<number> => {
      const cost = readServerTiming((await device.whoami()).headers['server-timing'])
      return (cost?.sql ?? 0) + (cost?.redis ?? 0)
    }
    const { sql, redis } = it.promises.identityCost
    const read = sql + redis
    own.clock.advance(IDLE / 4 - 5)
    expect([await calls(), await calls()]).toEqual([read, read])
    own.clock.advance(10)
    expect([await calls(), await calls()]).toEqual([read * 2, read])
    const { body } = await device.whoami()
    expect(Date.parse(body.expiresAt)).toBeGreaterThan(
      own.clock.now().getTime() + (IDLE - 5) * 1000,
    )
    await own.stop()
  })

  test.each([
    ['cross-site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['same-site, another origin', { 'sec-fetch-site': 'same-site' }, 403],
    [
      'cross-site, claiming its own origin',
      { 'sec-fetch-site': 'cross-site', origin: 'SELF' },
      403,
    ],
    ['an unknown origin', { origin: 'https://evil.example' }, 403],
    ['the null origin', { origin: 'null' }, 403],
    ['same-origin', { 'sec-fetch-site': 'same-origin' }, 204],
    ['typed by the user', { 'sec-fetch-site': 'none' }, 204],
    ['its own origin, from an old browser', { origin: 'SELF' }, 204],
    ['no browser', {}, 204],
  ])('CSRF: logout from %s', async (_from, headers: Record<string, string>, expected) => {
    const { device } = await registered(server)
    const sent = { ...headers, ...(headers['origin'] === 'SELF' && { origin: server.url }) }
    const { status, body } = await device.send('POST', paths.logout, undefined, sent)
    expect(status).toBe(expected)
    if (expected === 403) {
      expect(body.code).toBe('forbidden_origin')
      expect((await device.whoami()).status, 'still logged in').toBe(200)
    }
  })

  test('CSRF: an allowed origin passes, and gets CORS headers', async () => {
    const origin = 'http://localhost:3000'
    const own = await startServer(it, { env: { ALLOWED_ORIGINS: origin } })
    const { device } = await registered(own)
    const headers = { origin, 'sec-fetch-site': 'same-site' }
    const reply = await device.send('POST', paths.renewAccess, undefined, headers)
    expect(reply.status).toBe(200)
    expect(reply.headers['access-control-allow-origin']).toBe(origin)
    expect(reply.headers['access-control-allow-credentials']).toBe('true')
    const foreign = await device.send('GET', paths.whoami, undefined, { origin: 'http://other' })
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined()
    await own.stop()
  })
})

describe.each(withStore)('%s', (_label, it) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer(it)
  })
  afterAll(async () => server.stop())

  test('fixation: a login never takes the id that it came with', async () => {
    const { device: attacker } = await registered(server)
    const { account } = await registered(server)
    const victim = attacker.copy()
    expect((await victim.login(account)).status).toBe(200)
    expect(victim.access).not.toBe(attacker.access)
    expect((await victim.whoami()).body.email).toBe(account.email)
    expect((await attacker.whoami()).status, 'the session it came with is ended').toBe(401)
  })

  test.each([
    ['of the right form', `0000.${randomBytes(32).toString('base64url')}`],
    ['too short', 'abc'],
    ['with odd characters', '../../session:%00'],
    ['very long', 'a'.repeat(8000)],
  ])('an id that the server did not make is never adopted: %s', async (_form, value) => {
    const device = holding(server, value)
    const { status, body, headers } = await device.whoami()
    expect([status, body.code]).toEqual([401, 'invalid_credential'])
    expect(headers['set-cookie']).toBeUndefined()
    await device.login((await registered(server)).account)
    expect(device.access).not.toContain(value)
  })

  test('two tabs that rotate at once: the loser leaves the cookie of the winner alone', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { device } = await registered(server)
      const tabs = [device.copy(), device.copy()]
      const replies = await Promise.all(tabs.map((tab) => tab.rotate()))
      for (const reply of replies)
        expect(setCookies(reply)).toHaveLength(reply.status === 200 ? 1 : 0)
      const winner = tabs[replies.findIndex(({ status }) => status === 200)]
      expect((await winner?.whoami())?.status).toBe(200)
    }
  })

  test('rotation gives a new id and keeps device and owner', async () => {
    const { device } = await registered(server)
    const before = { ...(await device.devices()).body.devices[0], access: device.access }
    await device.rotate()
    const { devices } = (await device.devices()).body
    expect(devices).toHaveLength(1)
    expect(devices[0].id).toBe(before.id)
    expect(device.access).not.toBe(before.access)
  })

  test.each(['whoami', 'renew', 'rotate'] as const)(
    'a session that was ended does not come back through an overlapping %s',
    async (overlapping) => {
      const own = await startServer(it)
      for (let round = 0; round < 15; round += 1) {
        const { device } = await registered(own)
        const [tab, thief] = [device.copy(), device.copy()]
        // The renewal is due: even a read wants to write.
        own.clock.advance(IDLE / 4 + 1)
        const [, logout] = await Promise.all([tab[overlapping](), device.logout(), thief.whoami()])
        expect(logout.status).toBe(204)
        expect((await thief.whoami()).status).toBe(401)
      }
      await own.stop()
    },
  )

  test.each(['rotate', 'renew'] as const)(
    'logout everywhere also ends a session that is in the middle of %s',
    async (overlapping) => {
      for (let round = 0; round < 15; round += 1) {
        const { device, account } = await registered(server)
        const other = await loggedIn(server, account)
        const [ended] = await Promise.all([device.logoutAll(), other[overlapping]()])
        expect(ended.status).toBe(204)
        expect((await other.whoami()).status).toBe(401)
      }
    },
  )
})

describe('session-cookie', () => {
  test('the cookie can be read, and not changed', async () => {
    const server = await startServer(strategy('session-cookie'))
    const { device, account } = await registered(server)
    const { jar } = device.client as CookieClient
    const [, value = '', signature = ''] = /sid=([^;]+); sid\.sig=([^;]+)/.exec(device.access) ?? []
    const session = JSON.parse(Buffer.from(value, 'base64url').toString())
    expect(session.email).toBe(account.email)
    expect(jar.has('sid.sig')).toBe(true)
    const forged = Buffer.from(JSON.stringify({ ...session, userId: 'x' })).toString('base64url')
    const cookies = (sid: string, sig: string): Device =>
      new Device(
        new CookieClient(
          server.url,
          new CookieJar([
            ['sid', sid],
            ['sid.sig', sig],
          ]),
        ),
      )
    expect((await cookies(value, signature).whoami()).status).toBe(200)
    expect((await cookies(forged, signature).whoami()).status).toBe(401)
    expect((await cookies(value, '').whoami()).status).toBe(401)
    expect((await holding(server, value).logout()).status).toBe(401)
    await server.stop()
  })

  test('a key before the present one still verifies; a foreign one does not', async () => {
    const [old, present] = [randomBytes(32), randomBytes(32)].map((it) => it.toString('base64url'))
    const start = (env: Record<string, string | undefined>): Promise<TestServer> =>
      startServer(strategy('session-cookie'), { env })
    const before = await start({ SESSION_COOKIE_SECRET: old })
    const after = await start({
      SESSION_COOKIE_SECRET: present,
      SESSION_COOKIE_PREVIOUS_SECRET: old,
    })
    const foreign = await start({ SESSION_COOKIE_SECRET: present })
    const { device } = await registered(before)
    expect((await device.at(after).whoami()).status).toBe(200)
    expect((await device.at(foreign).whoami()).status).toBe(401)
    await Promise.all([before.stop(), after.stop(), foreign.stop()])
  })
})

describe('across instances and restarts', () => {
  test.each(matrixOf('session'))('%s', async (_label, it) => {
    const first = await startServer(it)
    const second = await startServer(it, { clock: first.clock })
    const { device } = await registered(first)
    const knows = it.promises.secondInstance === 'knows-it'
    expect((await device.at(second).whoami()).status).toBe(knows ? 200 : 401)
    await first.stop()
    const restarted = await startServer(it, { clock: first.clock })
    const kept = it.promises.afterRestart === 'kept'
    expect((await device.at(restarted).whoami()).status).toBe(kept ? 200 : 401)
    await Promise.all([second.stop(), restarted.stop()])
  })
})
