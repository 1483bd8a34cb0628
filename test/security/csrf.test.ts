import { operations, paths } from '@session-vs-jwt/http-contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { matrix, matrixOf } from '../contract/matrix.js'
import { Device, newAccount, registered } from '../device.js'
import { startServer, type TestServer } from '../start-server.js'

const UNSAFE = operations
  .filter(({ method }) => method !== 'GET')
  .map(({ method, path }) => ({
    method,
    path: path.replace(':id', '01a208f4-c0a1-70cc-bfab-000000000000'),
  }))

/** What a page that is not the server's own can have a browser send. */
function foreignHeaders(url: string): readonly Record<string, string>[] {
  const { host, port } = new URL(url)
  const origins = [
    'null',
    'https://evil.example',
    `http://app.${host}`,
    `https://${host}`,
    `http://127.0.0.1:${Number(port) + 1}`,
    'http://127.0.0.1',
    `http://${host}.evil.example`,
    `http://${host}@evil.example`,
    `http://${host}/`,
    `http://${host}, http://${host}`,
    '*',
  ]
  const own = `http://${host}`
  return [
    ...origins.map((origin) => ({ origin })),
    ...['cross-site', 'same-site', 'Same-Origin', 'same-origin, cross-site', 'x'].flatMap(
      (site) => [
        { 'sec-fetch-site': site },
        { 'sec-fetch-site': site, origin: own },
        { 'sec-fetch-site': site, origin: 'null' },
      ],
    ),
    { origin: 'http://evil.example', 'x-forwarded-host': 'evil.example' },
    {
      origin: 'http://evil.example',
      'x-host': 'evil.example',
      'x-forwarded-server': 'evil.example',
    },
    { origin: 'http://evil.example', forwarded: 'host=evil.example;proto=http' },
    { origin: `https://${host}`, 'x-forwarded-proto': 'https', forwarded: 'proto=https' },
    { origin: 'https://evil.example', referer: `${own}/` },
  ]
}

describe.each(matrixOf('session'))('%s', (_label, it) => {
  let server: TestServer
  let device: Device
  beforeAll(async () => {
    server = await startServer(it)
    ;({ device } = await registered(server))
  })
  afterAll(async () => server.stop())

  test('no unsafe route does anything for a foreign page, whoever it says it is [ASVS 3.5.1, RFC 9700 4.7]', async () => {
    const json = { title: 'from elsewhere', body: 'b' }
    for (const headers of foreignHeaders(server.url)) {
      for (const { method, path } of UNSAFE) {
        const answer = await device.copy().send(method, path, json, headers)
        const told = `${method} ${path} ${JSON.stringify(headers)}`
        expect([answer.status, answer.body.code], told).toEqual([403, 'forbidden_origin'])
        expect(answer.headers['set-cookie'], told).toBeUndefined()
      }
    }
    expect((await device.whoami()).status).toBe(200)
    expect((await device.send('GET', paths.posts)).body.posts).toEqual([])
  })

  test('nobody is logged in by a foreign page, with a password of its own [ASVS 3.5.1]', async () => {
    const { account } = await registered(server)
    const basic = Buffer.from(`${account.email}:${account.password}`).toString('base64')
    for (const site of ['cross-site', 'same-site']) {
      const headers = { authorization: `Basic ${basic}`, 'sec-fetch-site': site }
      const answer = await device.copy().send('POST', paths.login, undefined, headers)
      expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined])
    }
  })

  test('what a form can send is no request of any route [ASVS 3.5.2]', async () => {
    const body = JSON.stringify({ title: 'from a form', body: 'b' })
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain; application/json',
      'application/json, text/plain',
      'application/json;text/plain',
      'application/jsonx',
      '',
    ]
    for (const type of types) {
      // Not even from a client that says nothing of its origin.
      const answer = await device.sendBody('POST', paths.posts, body, { 'content-type': type })
      expect(answer.status, type).toBe(415)
    }
    expect((await device.send('GET', paths.posts)).body.posts).toEqual([])
  })

  test('no safe method, and no header or parameter, stands for an unsafe method [ASVS 3.5.3, ASVS 4.1.4]', async () => {
    const override = {
      'x-http-method-override': 'POST',
      'x-method-override': 'POST',
      'x-http-method': 'POST',
    }
    for (const { path } of UNSAFE) {
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE']) {
        await device.copy().send(method, `${path}?_method=POST`, undefined, override)
      }
    }
    for (const path of [paths.logout, paths.logoutAll, paths.rotateRefresh, paths.login]) {
      const answer = await device.copy().send('GET', path, undefined, override)
      expect([answer.status, answer.body.code], path).toEqual([405, 'method_not_allowed'])
    }
    expect((await device.whoami()).status).toBe(200)
  })
})

describe.each(matrix)('%s', (_label, it) => {
  let server: TestServer
  const allowed = 'http://localhost:3000'
  beforeAll(async () => {
    server = await startServer(it, { env: { ALLOWED_ORIGINS: allowed } })
  })
  afterAll(async () => server.stop())

  test('an origin that only looks like an allowed one is not told that it may read [ASVS 3.4.2]', async () => {
    const { device } = await registered(server)
    const lookalikes = [
      'null',
      '*',
      'http://localhost:3000.evil.example',
      'http://evil.example/http://localhost:3000',
      'http://notlocalhost:3000',
      'http://localhost:30000',
      'http://localhost',
      'https://localhost:3000',
      'http://user@localhost:3000',
      'http://localhost:3000/',
      'http://localhost:3000, http://evil.example',
      'http://a.localhost:3000',
    ]
    for (const origin of lookalikes) {
      const preflight = { 'access-control-request-method': 'POST', origin }
      const answers = [
        await device.sendBare('OPTIONS', paths.posts, preflight),
        await device.copy().send('GET', paths.whoami, undefined, { origin }),
      ]
      for (const { headers } of answers) {
        expect(headers['access-control-allow-origin'], origin).toBeUndefined()
      }
    }
    const { headers } = await device
      .copy()
      .send('GET', paths.whoami, undefined, { origin: allowed })
    expect(headers['access-control-allow-origin']).toBe(allowed)
    expect(headers.vary).toMatch(/origin/i)
  })

  test('no answer is a script, or may be loaded into a foreign page [ASVS 3.5.6, ASVS 3.4.4, ASVS 3.4.6, RFC 9700 4.16]', async () => {
    const { device } = await registered(server)
    const answers = [
      await device.send('GET', paths.whoami),
      await device.send('GET', `${paths.users}?limit=1`),
      await device.send('GET', `${paths.posts}?callback=alert`),
      await device.send('GET', '/nowhere'),
      await device.sendBare('GET', paths.live),
    ]
    for (const { headers } of answers) {
      expect(headers['content-type']).toMatch(/^application\/(problem\+)?json(;|$)/)
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
      expect(headers['cross-origin-resource-policy']).toBe('same-site')
      expect(headers['referrer-policy']).toBe('no-referrer')
    }
  })
})

describe.each(matrixOf('jwt'))('%s', (_label, it) => {
  test('nothing that a browser would send unasked is a credential [ASVS 3.5.1, RFC 6750 5.3]', async () => {
    const server = await startServer(it)
    const { device } = await registered(server)
    const names = ['sid', 'token', 'accessToken', 'access_token', 'jwt', 'Authorization', 'Bearer']
    const cookies = names.flatMap((name) =>
      [device.access, `Bearer ${device.access}`].map((value) => `${name}=${value}`),
    )
    for (const cookie of cookies) {
      const answer = await device.sendBare('GET', paths.whoami, { cookie })
      expect([answer.status, answer.body.code]).toEqual([401, 'missing_credential'])
    }
    const answers = [
      await device.copy().login(newAccount()),
      await device.rotate(),
      await device.renew(),
      await device.copy().logout(),
      await new Device(server).register(newAccount()),
    ]
    for (const { headers } of answers) expect(headers['set-cookie']).toBeUndefined()
    await server.stop()
  })
})
