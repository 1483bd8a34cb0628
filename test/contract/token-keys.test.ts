import { createPublicKey, type JsonWebKey, verify } from 'node:crypto'
import { paths } from '@session-vs-jwt/http-contract'
import { describe, expect, test } from 'vitest'
import { registered } from '../device.js'
import { keySet, startServer, type TestServer } from '../start-server.js'
import { matrixOf } from './matrix.js'

/** Header of a token. */
const header = (token: string): unknown =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())

describe.each(matrixOf('jwt'))('%s', (_label, it) => {
  test.each(['HS256', 'RS256', 'ES256'] as const)('%s: sign, verify, JWKS', async (alg) => {
    const env = { JWT_ACCESS_KEYS: keySet(alg, 'a'), JWT_REFRESH_KEYS: keySet(alg, 'r') }
    const own = await startServer(it, { env })
    const { device } = await registered(own)
    expect(header(device.access)).toEqual({ alg, typ: 'JWT', kid: 'a' })
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
    expect(header(there.access)).toMatchObject({ kid: 'new' })
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
