import {
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
} from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { paths } from '@session-vs-jwt/http-contract'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { matrixOf } from '../contract/matrix.js'
import { Device, type Answer, registered } from '../device.js'
import { keySet, startServer, type TestServer } from '../start-server.js'

type Json = Record<string, unknown>

const encoded = (json: unknown): string => Buffer.from(JSON.stringify(json)).toString('base64url')

const claimsOf = (token: string): Json =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

/** A token signed with an asymmetric key, as RFC 7518 has it. */
function signed(header: Json, claims: Json, key: KeyObject): string {
  const input = `${encoded(header)}.${encoded(claims)}`
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

const ask = async (device: Device, token: string, path: string = paths.whoami): Promise<Answer> =>
  device.sendBare(path === paths.whoami ? 'GET' : 'POST', path, {
    authorization: `Bearer ${token}`,
  })

const newKey = (alg: 'RS256' | 'ES256'): KeyObject =>
  alg === 'RS256'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

/** A web server that would hand out the attacker's key, and counts who comes for it. */
async function trap(jwk: JsonWebKey): Promise<{ url: string; visits: () => number }> {
  let visits = 0
  const server = createServer((_request, response) => {
    visits += 1
    response.end(JSON.stringify({ keys: [jwk] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/jwks.json`, visits: () => visits }
}

describe.each(matrixOf('jwt'))('%s', (_label, it) => {
  describe.each(['RS256', 'ES256'] as const)('%s', (alg) => {
    let server: TestServer
    const keys = { JWT_ACCESS_KEYS: keySet(alg, 'a'), JWT_REFRESH_KEYS: keySet(alg, 'r') }
    beforeAll(async () => {
      server = await startServer(it, { env: keys })
    })
    afterAll(async () => server.stop())

    test('a key that the token brings along, or points to, is never used or fetched [ASVS 9.1.3, RFC 8725 3.10]', async () => {
      const { device } = await registered(server)
      const own = newKey(alg)
      const jwk = { ...own.export({ format: 'jwk' }), kid: 'a', alg }
      const { url, visits } = await trap(jwk)
      const base = { alg, typ: 'JWT' }
      const extras: Json[] = [
        { jwk },
        { jwk, kid: 'a' },
        { jku: url, kid: 'a' },
        { x5u: url, kid: 'a' },
        { x5c: ['MIIB'], kid: 'a' },
        { x5t: 'x', 'x5t#S256': 'x', kid: 'a' },
        { kid: url },
        { kid: 'a' },
      ]
      for (const extra of extras) {
        const token = signed({ ...base, ...extra }, claimsOf(device.access), own)
        const answer = await ask(device, token)
        expect([answer.status, answer.body.code], JSON.stringify(extra)).toEqual([
          401,
          'invalid_credential',
        ])
        const renewal = signed({ ...base, ...extra }, claimsOf(device.refresh), own)
        expect((await ask(device, renewal, paths.rotateRefresh)).status).toBe(401)
      }
      expect(visits()).toBe(0)
      // The same by the server's own key is a token: what was refused above was refused for its key.
      const [real] = JSON.parse(keys.JWT_ACCESS_KEYS).keys
      const right = createPrivateKey({ key: real, format: 'jwk' })
      const token = signed({ ...base, kid: 'a' }, claimsOf(device.access), right)
      expect((await ask(device, token)).status).toBe(200)
    })
  })

  test('a kid is a name to look up, and nothing else [RFC 8725 3.10]', async () => {
    const server = await startServer(it)
    const { device } = await registered(server)
    const kids = [
      '../../../../dev/null',
      '/dev/null',
      "x' UNION SELECT '' --",
      'a"; DROP TABLE users; --',
      'access\0',
      '__proto__',
      'constructor',
      'toString',
      '',
      'ACCESS',
      'refresh',
      '${7*7}',
      '|sleep 5',
    ]
    for (const kid of [...kids, ['access'], { $ne: '' }, 0, null, true]) {
      for (const secret of ['', '\0', 'undefined', '[object Object]']) {
        const input = `${encoded({ alg: 'HS256', typ: 'JWT', kid })}.${encoded(claimsOf(device.access))}`
        const signature = createHmac('sha256', secret).update(input).digest('base64url')
        const answer = await ask(device, `${input}.${signature}`)
        expect(answer.status, JSON.stringify(kid)).toBe(401)
      }
    }
    expect((await device.whoami()).status).toBe(200)
    await server.stop()
  })

  test('tokens of another issuer, or for another audience, by the same keys, are refused [ASVS 9.2.3, ASVS 9.2.4, RFC 8725 3.8, RFC 8725 3.9, RFC 9700 4.10]', async () => {
    const server = await startServer(it)
    const others = [{ JWT_ISSUER: 'another' }, { JWT_AUDIENCE: 'another' }]
    for (const env of others) {
      const other = await startServer(it, { env })
      const { device } = await registered(other)
      expect((await device.whoami()).status).toBe(200)
      const here = device.at(server)
      for (const call of [here.whoami, here.renew, here.rotate, here.logout]) {
        expect((await call()).status).toBe(401)
      }
      await other.stop()
    }
    await server.stop()
  })

  test('a refresh token is no access token, nor the other way, though kid and algorithm are alike [ASVS 9.2.2, RFC 8725 3.11, RFC 8725 3.12]', async () => {
    const env = { JWT_ACCESS_KEYS: keySet('HS256', 'k'), JWT_REFRESH_KEYS: keySet('HS256', 'k') }
    const server = await startServer(it, { env })
    const { device } = await registered(server)
    expect((await ask(device, device.refresh)).status).toBe(401)
    for (const path of [paths.renewAccess, paths.rotateRefresh]) {
      expect((await ask(device, device.access, path)).status).toBe(401)
    }
    const [real] = JSON.parse(env.JWT_ACCESS_KEYS).keys
    const secret = Buffer.from(real.k, 'base64url')
    const input = `${encoded({ alg: 'HS256', typ: 'JWT', kid: 'k' })}.${encoded(claimsOf(device.refresh))}`
    const signature = createHmac('sha256', secret).update(input).digest('base64url')
    // Signed as access tokens are, and still of the other type.
    expect((await ask(device, `${input}.${signature}`)).status).toBe(401)
    expect((await device.whoami()).status).toBe(200)
    await server.stop()
  })

  test('a token is taken from the Authorization header and from nowhere else [RFC 6750 2.3, ASVS 14.2.1, RFC 9700 4.3]', async () => {
    const server = await startServer(it)
    const { device } = await registered(server)
    const { access } = device
    const elsewhere = [
      device.sendBare('GET', `${paths.whoami}?access_token=${access}`),
      device.sendBare('GET', `${paths.posts}?access_token=${access}`),
      device.sendBare('GET', paths.whoami, { 'x-access-token': access, token: access }),
      device.sendBare('GET', paths.whoami, { 'proxy-authorization': `Bearer ${access}` }),
      device.sendBare('POST', paths.posts, {}, { title: 'T', body: 'B', access_token: access }),
      device.sendBare('POST', paths.rotateRefresh, {}, { refreshToken: device.refresh }),
      device.sendBare('GET', paths.whoami, { authorization: access }),
      device.sendBare('GET', paths.whoami, { authorization: `Token ${access}` }),
      device.sendBare('GET', paths.whoami, { authorization: `Basic ${access}` }),
      device.sendBare('GET', paths.whoami, { authorization: `Bearer ${access}, Bearer x` }),
      device.sendBare('GET', paths.whoami, { authorization: `Bearer token=${access}` }),
      device.sendBare('GET', paths.whoami, { authorization: `Bearer "${access}"` }),
    ]
    for (const answer of await Promise.all(elsewhere)) expect(answer.status).toBe(401)
    expect((await device.whoami()).status).toBe(200)
    await server.stop()
  })

  test('a token is refused in any other spelling than its own [RFC 8725 3.3, RFC 8725 3.7, ASVS 9.1.1]', async () => {
    const server = await startServer(it)
    const { device } = await registered(server)
    const { access } = device
    const [head = '', claims = '', signature = ''] = access.split('.')
    const spaced = Buffer.from(JSON.stringify(claimsOf(access), undefined, 1)).toString('base64url')
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    // 43 characters leave two bits over behind the last byte: other ones mean the same bytes.
    const last = alphabet[alphabet.indexOf(signature.slice(-1)) ^ 1]
    const spellings = [
      `${head}.${claims}.${signature.slice(0, -1)}${last}`,
      `${access}=`,
      `${head}=.${claims}.${signature}`,
      `${access}.`,
      `.${access}`,
      `${head}..${signature}`,
      `${head}.${spaced}.${signature}`,
      `${head}%2E${claims}.${signature}`,
      access.toUpperCase(),
      encoded(access),
      `${access},${access}`,
      `${access}~`,
      `${head}.${claims}.${signature}${'A'.repeat(8_000)}`,
    ]
    for (const token of spellings) {
      for (const path of [paths.whoami, paths.logout]) {
        const answer = await ask(device, token, path)
        expect([answer.status, answer.body.code], token.slice(0, 80)).toEqual([
          401,
          'invalid_credential',
        ])
      }
    }
    expect((await device.whoami()).status).toBe(200)
    await server.stop()
  })
})

const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** An ECDSA signature (r, s) has a twin, (r, n - s), that anybody can make and that verifies too. */
function twinOf(token: string): string {
  const [head, claims, signature = ''] = token.split('.')
  const bytes = Buffer.from(signature, 'base64url')
  const s = N - BigInt(`0x${bytes.subarray(32).toString('hex')}`)
  const other = Buffer.from(s.toString(16).padStart(64, '0'), 'hex')
  return `${head}.${claims}.${Buffer.concat([bytes.subarray(0, 32), other]).toString('base64url')}`
}

const withFamilies = matrixOf('jwt').filter(([, it]) => it.promises.devices)

describe.each(withFamilies)('%s', (_label, it) => {
  test('the twin of an ES256 signature gives a token no second life [RFC 8725 3.4, RFC 9700 4.14]', async () => {
    const env = { JWT_ACCESS_KEYS: keySet('ES256', 'a'), JWT_REFRESH_KEYS: keySet('ES256', 'r') }
    const server = await startServer(it, { env })
    const { device } = await registered(server)
    const twin = twinOf(device.refresh)
    expect(twin).not.toBe(device.refresh)
    expect((await device.rotate()).status).toBe(200)
    const replay = await ask(device, twin, paths.rotateRefresh)
    expect([replay.status, replay.body.code]).toEqual([401, 'reused_credential'])
    expect((await device.rotate()).status).toBe(401)

    const { device: other } = await registered(server)
    const accessTwin = twinOf(other.access)
    expect((await other.logout()).status).toBe(204)
    const left = await ask(other, accessTwin)
    expect(left.status).toBe(it.promises.afterLogout === 'dead-at-once' ? 401 : 200)
    await server.stop()
  })
})
