import { randomBytes } from 'node:crypto'
import { paths } from '@session-vs-jwt/http-contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { matrixOf, strategy } from '../contract/matrix.js'
import { Device, loggedIn, newAccount, registered } from '../device.js'
import { startServer, type TestServer } from '../start-server.js'
import { valueOf } from './cookie-text.js'

describe.each(matrixOf('session'))('%s', (_label, it) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer(it)
  })
  afterAll(async () => server.stop())

  const whoami = async (cookie: string) =>
    new Device(server).sendBare('GET', paths.whoami, { cookie })

  test('a registration takes over no session that it came with [ASVS 7.2.4]', async () => {
    const { device: attacker } = await registered(server)
    const victim = attacker.copy()
    const account = newAccount()
    expect((await victim.register(account)).status).toBe(201)
    expect(victim.access).not.toBe(attacker.access)
    expect((await victim.whoami()).body.email).toBe(account.email)
    const planted = await attacker.whoami()
    expect(planted.status).toBe(it.promises.afterLogout === 'dead-at-once' ? 401 : 200)
    expect(planted.body.email).not.toBe(account.email)
  })

  test('of two session cookies none counts, whichever comes first [RFC 6265 8.6]', async () => {
    const [own, tossed] = [await registered(server), await registered(server)]
    const orders = [
      [own.device.access, tossed.device.access],
      [tossed.device.access, own.device.access],
      [own.device.access, own.device.access],
      [own.device.access, 'sid=x'],
      ['sid=', own.device.access],
    ]
    for (const order of orders) {
      for (const between of ['; ', ';']) {
        const answer = await whoami(order.join(between))
        expect([answer.status, answer.body.code]).toEqual([401, 'invalid_credential'])
      }
    }
    const cookie = `${tossed.device.access}; ${own.device.access}`
    const post = { title: 'whose?', body: 'b' }
    expect((await new Device(server).sendBare('POST', paths.posts, { cookie }, post)).status).toBe(
      401,
    )
    for (const { device } of [own, tossed]) expect((await device.whoami()).status).toBe(200)
  })

  test('a cookie counts under its very name, whatever the others are [RFC 6265 4.2]', async () => {
    const { device } = await registered(server)
    const names = ['SID', 'Sid', 'xsid', 'sid2', 'sid.', '__Host-sid', '__Secure-sid', '__proto__']
    for (const name of names) {
      const cookie = device.access.replace(/^sid=/, `${name}=`)
      const answer = await whoami(cookie)
      expect([answer.status, answer.body.code], name).toEqual([401, 'missing_credential'])
      expect((await whoami(`${name}=1; ${device.access}; ${name}=2`)).status, name).toBe(200)
    }
  })

  test('over https the unprefixed cookie opens nothing [ASVS 3.3.3]', async () => {
    const https = await startServer(it, { env: { PUBLIC_SCHEME: 'https' } })
    const { device } = await registered(https)
    expect(device.access).toMatch(/^__Host-sid=/)
    expect((await device.whoami()).status).toBe(200)
    const cookie = device.access.replaceAll('__Host-', '')
    expect((await device.sendBare('GET', paths.whoami, { cookie })).status).toBe(401)
    await https.stop()
  })

  test('no header of a client makes http https, or the other way [ASVS 4.1.3]', async () => {
    const told = { 'x-forwarded-proto': 'https', forwarded: 'proto=https', 'x-forwarded-ssl': 'on' }
    const device = new Device(server)
    const answer = await device.sendBare('POST', paths.register, told, newAccount())
    expect(answer.headers['set-cookie']?.join()).toMatch(/^sid=/)
    expect(answer.headers['set-cookie']?.join()).not.toMatch(/secure/i)
    expect(answer.headers['strict-transport-security']).toBeUndefined()
  })

  test('the longest that a cookie can become fits a browser [ASVS 3.3.5]', async () => {
    const account = newAccount()
    const email = `${'a'.repeat(63)}.${randomBytes(8).toString('hex')}@${'b.'.repeat(80)}example.org`
    expect(email.length).toBeLessThanOrEqual(254)
    const headers = { 'user-agent': '"\\\u00ff'.repeat(100) }
    const device = new Device(server)
    const answer = await device.sendBare('POST', paths.register, headers, { ...account, email })
    expect(answer.status).toBe(201)
    for (const line of answer.headers['set-cookie'] ?? []) {
      expect(String(line.split(';')[0]).length).toBeLessThanOrEqual(4096)
    }
  })
})

const stored = matrixOf('session').filter(([, it]) => it.promises.stateIn !== 'credential')

describe.each(stored)('%s', (_label, it) => {
  test('who moves a stolen session to other ids loses it by its owner’s logout [ASVS 7.4.1]', async () => {
    const server = await startServer(it)
    const { device, account } = await registered(server)
    const other = await loggedIn(server, account)
    const thief = device.copy()
    for (let moves = 0; moves < 3; moves += 1) expect((await thief.rotate()).status).toBe(200)
    expect((await device.whoami()).status).toBe(401)
    expect((await device.copy().logout()).status).toBe(204)
    expect((await thief.whoami()).status).toBe(401)
    // Nor does it end more than that, or come back by another logout.
    expect((await device.logout()).status).toBe(204)
    expect((await other.whoami()).status).toBe(200)
    await server.stop()
  })

  test('ids are all different, and none of their 256 bits is fixed [ASVS 7.2.3]', async () => {
    const server = await startServer(it)
    const { device } = await registered(server)
    const ids: string[] = []
    for (let i = 0; i < 128; i += 1) {
      expect((await device.rotate()).status).toBe(200)
      ids.push(valueOf(device.access, 'sid'))
    }
    expect(new Set(ids).size).toBe(128)
    const random = ids.map((id) => Buffer.from(id, 'base64url'))
    for (let bit = 0; bit < 256; bit += 1) {
      const ones = random.filter((bytes) => ((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1).length
      // Seven standard deviations to either side.
      expect(Math.abs(ones - 64), `bit ${bit}`).toBeLessThan(40)
    }
    await server.stop()
  })
})

describe('session-cookie', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer(strategy('session-cookie'))
  })
  afterAll(async () => server.stop())

  test('value and signature count together, and only as they were set [ASVS 9.1.1]', async () => {
    const [own, other] = [await registered(server), await registered(server)]
    const [value, signature] = ['sid', 'sid.sig'].map((it) => valueOf(own.device.access, it))
    const theirs = valueOf(other.device.access, 'sid.sig')
    const refused = {
      'the signature alone': `sid.sig=${signature}`,
      'the value alone': `sid=${value}`,
      'an empty signature': `sid=${value}; sid.sig=`,
      'the signature of somebody else': `sid=${value}; sid.sig=${theirs}`,
      'the signature as the value': `sid=${signature}; sid.sig=${signature}`,
      'a signature cut short': `sid=${value}; sid.sig=${signature?.slice(0, -1)}`,
      'a signature with padding': `sid=${value}; sid.sig=${signature}=`,
      'a value with padding': `sid=${value}=; sid.sig=${signature}`,
      'a value with more behind it': `sid=${value}AA; sid.sig=${signature}`,
      'two signatures': `sid=${value}; sid.sig=${theirs}; sid.sig=${signature}`,
      'no JSON': 'sid=AAAA; sid.sig=AAAA',
    }
    for (const [what, cookie] of Object.entries(refused)) {
      for (const [method, path] of [
        ['GET', paths.whoami],
        ['POST', paths.renewAccess],
        ['POST', paths.logout],
      ] as const) {
        const answer = await new Device(server).sendBare(method, path, { cookie })
        expect(answer.status, `${what} at ${path}`).toBe(401)
      }
    }
    expect((await own.device.whoami()).status).toBe(200)
  })

  test.each(['http', 'https'])(
    'after a change of keys the new signature is set as the old one was, over %s [ASVS 3.3.2, ASVS 3.3.4]',
    async (scheme) => {
      const [old, present] = [randomBytes(32), randomBytes(32)].map((it) =>
        it.toString('base64url'),
      ) as [string, string]
      const start = (env: Record<string, string>): Promise<TestServer> =>
        startServer(strategy('session-cookie'), { env: { PUBLIC_SCHEME: scheme, ...env } })
      const before = await start({ SESSION_COOKIE_SECRET: old })
      const after = await start({
        SESSION_COOKIE_SECRET: present,
        SESSION_COOKIE_PREVIOUS_SECRET: old,
      })
      const { device } = await registered(before)
      const answer = await device.at(after).whoami()
      expect(answer.status).toBe(200)
      const [line = ''] = answer.headers['set-cookie'] ?? []
      const https = scheme === 'https'
      expect(line).toMatch(https ? /^__Host-sid\.sig=[\w-]{43};/ : /^sid\.sig=[\w-]{43};/)
      const attributes = line.toLowerCase().split('; ').slice(1).toSorted()
      const secure = https ? ['secure'] : []
      expect(attributes).toEqual(['httponly', 'path=/', 'samesite=lax', ...secure])
      await Promise.all([before.stop(), after.stop()])
    },
  )
})
