import { randomUUID } from 'node:crypto'
import { paths } from '@session-vs-jwt/http-contract'
import { afterEach, describe, expect, test } from 'vitest'
import { type CoreServer, startCore } from './core-server.js'

const PASSWORD = 'correct horse battery'

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}
interface Answer {
  readonly status: number
  readonly body: Tokens & { code: string; devices: { id: string; current: boolean }[] }
}

let core: CoreServer
afterEach(async () => core.close())

async function send(
  method: string,
  path: string,
  { bearer, basic, json }: { bearer?: string; basic?: string; json?: object } = {},
): Promise<Answer> {
  const authorization = bearer === undefined ? basic : `Bearer ${bearer}`
  const response = await fetch(core.url + path, {
    method,
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(json && { 'content-type': 'application/json' }),
    },
    ...(json && { body: JSON.stringify(json) }),
  })
  const text = await response.text()
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Answer['body'] }
}

/** Registers somebody; gives back their email and first tokens. */
async function registered(): Promise<Tokens & { email: string }> {
  const nickname = `u${randomUUID().slice(0, 8)}`
  const email = `${nickname}@example.org`
  const json = { nickname, email, password: PASSWORD }
  const { status, body } = await send('POST', paths.register, { json })
  expect(status).toBe(201)
  return { ...body, email }
}

function login(email: string, password = PASSWORD): Promise<Answer> {
  const basic = `Basic ${Buffer.from(`${email}:${password}`).toString('base64')}`
  return send('POST', paths.login, { basic })
}

const whoami = (bearer: string): Promise<Answer> => send('GET', paths.whoami, { bearer })
const renew = (bearer: string): Promise<Answer> => send('POST', paths.renewAccess, { bearer })
const rotate = (bearer: string): Promise<Answer> => send('POST', paths.rotateRefresh, { bearer })

function claimsOf(token: string): { iat: number; exp: number; type: string; sid: string } {
  return JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString()) as never
}

/** Status and code: what a client goes by. */
const outcome = ({ status, body }: Answer): [number, string | undefined] => [status, body.code]
const INVALID = [401, 'invalid_credential']

describe('issue', () => {
  test('gives two tokens of one family, each good for its own purpose only', async () => {
    core = await startCore()
    const { accessToken, refreshToken } = await registered()
    expect([claimsOf(accessToken).type, claimsOf(refreshToken).type]).toEqual(['access', 'refresh'])
    expect(claimsOf(accessToken).sid).toBe(claimsOf(refreshToken).sid)
    expect((await whoami(accessToken)).status).toBe(200)
    expect((await renew(refreshToken)).status).toBe(200)
  })

  test('gives no access token that outlives its refresh token', async () => {
    core = await startCore({ ACCESS_TOKEN_SECONDS: '300', REFRESH_TOKEN_SECONDS: '60' })
    const { accessToken, refreshToken } = await registered()
    expect(claimsOf(accessToken).exp).toBe(claimsOf(refreshToken).exp)
    core.pass(60)
    expect(outcome(await whoami(accessToken))).toEqual([401, 'expired_credential'])
  })

  test('allows exactly so many wrong passwords, and then not even the right one', async () => {
    core = await startCore({ LOGIN_FAILURES: '3' })
    const { email } = await registered()
    for (let i = 0; i < 3; i += 1) {
      expect(outcome(await login(email, 'wrong password'))).toEqual([401, 'invalid_credentials'])
    }
    expect(outcome(await login(email))).toEqual([429, 'too_many_attempts'])
  })

  test('counts no login that was right', async () => {
    core = await startCore({ LOGIN_FAILURES: '3' })
    const { email } = await registered()
    for (let i = 0; i < 5; i += 1) expect((await login(email)).status).toBe(200)
  })
})

describe('verify', () => {
  test('takes no refresh token for an access token, nor the other way round', async () => {
    core = await startCore()
    const { accessToken, refreshToken } = await registered()
    expect(outcome(await whoami(refreshToken))).toEqual(INVALID)
    expect(outcome(await renew(accessToken))).toEqual(INVALID)
    expect(outcome(await rotate(accessToken))).toEqual(INVALID)
  })

  test('refuses a changed token, none, and one whose time is up', async () => {
    core = await startCore()
    const { accessToken } = await registered()
    const [head, body, signature] = accessToken.split('.')
    const claims = Buffer.from(JSON.stringify({ ...claimsOf(accessToken), sub: randomUUID() }))
    const changed = `${head}.${claims.toString('base64url')}.${signature}`
    expect(outcome(await whoami(changed))).toEqual(INVALID)
    expect(outcome(await whoami(`${head}.${body}.`))).toEqual(INVALID)
    expect(outcome(await send('GET', paths.whoami))).toEqual([401, 'missing_credential'])
    core.pass(300)
    expect(outcome(await whoami(accessToken))).toEqual([401, 'expired_credential'])
  })
})

describe('renew', () => {
  test('gives new tokens, for as long as the family lives', async () => {
    core = await startCore({ REFRESH_TOKEN_SECONDS: '400', REFRESH_FAMILY_SECONDS: '450' })
    const { accessToken, refreshToken } = await registered()
    core.pass(300)
    const { body } = await renew(refreshToken)
    expect(outcome(await whoami(accessToken))).toEqual([401, 'expired_credential'])
    expect((await whoami(body.accessToken)).status).toBe(200)
    core.pass(150)
    expect(outcome(await whoami(body.accessToken))).toEqual([401, 'expired_credential'])
    expect(outcome(await renew(body.refreshToken))).toEqual([401, 'expired_credential'])
  })

  test('spends the refresh token, and gives the next one', async () => {
    core = await startCore()
    const { refreshToken: first } = await registered()
    const { body } = await renew(first)
    expect(claimsOf(body.refreshToken).sid).toBe(claimsOf(first).sid)
    expect((await renew(body.refreshToken)).status).toBe(200)
    expect(outcome(await renew(first))).toEqual([401, 'reused_credential'])
  })

  test('spends nothing where nothing is stored', async () => {
    core = await startCore({ REFRESH_STORE: 'none' })
    const { refreshToken } = await registered()
    for (let times = 0; times < 2; times += 1) {
      expect(Object.keys((await renew(refreshToken)).body)).toEqual(['accessToken'])
    }
  })
})

describe('rotate', () => {
  test('spends the old token; its replay ends the family', async () => {
    core = await startCore()
    const { refreshToken: first } = await registered()
    const { status, body } = await rotate(first)
    expect(status).toBe(200)
    const { refreshToken: second } = (await rotate(body.refreshToken)).body
    expect(outcome(await rotate(first))).toEqual([401, 'reused_credential'])
    expect(outcome(await rotate(second))).toEqual(INVALID)
    expect(outcome(await renew(second))).toEqual(INVALID)
  })

  test('spends it for renewing as well', async () => {
    core = await startCore()
    const { refreshToken: first } = await registered()
    const { body } = await rotate(first)
    expect(outcome(await renew(first))).toEqual([401, 'reused_credential'])
    expect(outcome(await renew(body.refreshToken))).toEqual(INVALID)
  })

  test('extends no family beyond its end', async () => {
    core = await startCore({ REFRESH_TOKEN_SECONDS: '60', REFRESH_FAMILY_SECONDS: '90' })
    const { refreshToken } = await registered()
    core.pass(50)
    const { body } = await rotate(refreshToken)
    expect(claimsOf(body.refreshToken).exp).toBe(claimsOf(refreshToken).iat + 90)
    core.pass(40)
    expect(outcome(await rotate(body.refreshToken))).toEqual([401, 'expired_credential'])
  })
})

describe('a spent refresh token, within 10 seconds', () => {
  const forgiving = async (REFRESH_POLICY: string): Promise<string> => {
    core = await startCore({ REFRESH_POLICY, REFRESH_GRACE_SECONDS: '10' })
    return (await registered()).refreshToken
  }

  test('is refused, and its family lives on: refuse-quietly', async () => {
    const first = await forgiving('refuse-quietly')
    const { body } = await renew(first)
    expect(outcome(await renew(first))).toEqual([401, 'replaced_credential'])
    expect((await rotate(body.refreshToken)).status).toBe(200)
  })

  test('gives the same token once more, and another access token: same-successor', async () => {
    const first = await forgiving('same-successor')
    const one = (await renew(first)).body
    core.pass(9)
    const other = (await renew(first)).body
    expect(claimsOf(other.refreshToken)).toEqual(claimsOf(one.refreshToken))
    expect(claimsOf(other.accessToken)).not.toEqual(claimsOf(one.accessToken))
    core.pass(1)
    expect(outcome(await renew(first))).toEqual([401, 'reused_credential'])
  })

  test('gives a token of its own: separate-branch', async () => {
    const first = await forgiving('separate-branch')
    const [one, other] = [(await renew(first)).body, (await renew(first)).body]
    for (const { refreshToken } of [one, other]) {
      expect((await rotate(refreshToken)).status).toBe(200)
    }
  })
})

describe('revoke', () => {
  test('ends one family, by either of its tokens, however often', async () => {
    core = await startCore()
    const { email, refreshToken, accessToken } = await registered()
    const other = (await login(email)).body
    for (const bearer of [accessToken, refreshToken, refreshToken]) {
      expect((await send('POST', paths.logout, { bearer })).status).toBe(204)
    }
    expect(outcome(await rotate(refreshToken))).toEqual(INVALID)
    expect((await rotate(other.refreshToken)).status).toBe(200)
  })

  test('ends every family of this user, and nobody else’s', async () => {
    core = await startCore()
    const { email, accessToken, refreshToken } = await registered()
    const other = (await login(email)).body
    const somebody = await registered()
    expect((await send('POST', paths.logoutAll, { bearer: accessToken })).status).toBe(204)
    expect(outcome(await rotate(refreshToken))).toEqual(INVALID)
    expect(outcome(await rotate(other.refreshToken))).toEqual(INVALID)
    expect((await rotate(somebody.refreshToken)).status).toBe(200)
  })

  test.each([
    ['none', 200],
    ['denylist', 401],
    ['valid-after', 200],
  ])('leaves the access token to the strategy: %s gives %i', async (REVOCATION, status) => {
    core = await startCore({ REVOCATION })
    const { accessToken } = await registered()
    await send('POST', paths.logout, { bearer: accessToken })
    expect((await whoami(accessToken)).status).toBe(status)
  })

  test.each([
    ['none', 200],
    ['denylist', 401],
    ['valid-after', 401],
  ])(
    'everywhere reaches the access token of another device: %s gives %i',
    async (REVOCATION, status) => {
      core = await startCore({ REVOCATION })
      const { email, accessToken } = await registered()
      const other = (await login(email)).body
      await send('POST', paths.logoutAll, { bearer: accessToken })
      expect((await whoami(other.accessToken)).status).toBe(status)
      expect((await whoami((await login(email)).body.accessToken)).status).toBe(200)
    },
  )

  test.each([
    ['none', 200],
    ['denylist', 401],
    ['valid-after', 401],
    ['user-lookup', 401],
  ])('comes with the end of the account: %s gives %i', async (REVOCATION, status) => {
    core = await startCore({ REVOCATION })
    const { email, accessToken, refreshToken } = await registered()
    const remove = (currentPassword: string): Promise<Answer> =>
      send('DELETE', paths.me, { bearer: accessToken, json: { currentPassword } })
    expect(outcome(await remove('wrong password'))).toEqual([403, 'wrong_current_password'])
    expect((await remove(PASSWORD)).status).toBe(204)
    expect(outcome(await login(email))).toEqual([401, 'invalid_credentials'])
    expect(outcome(await rotate(refreshToken))).toEqual(INVALID)
    expect((await whoami(accessToken)).status).toBe(status)
    expect(outcome(await send('GET', paths.me, { bearer: accessToken }))).toEqual(INVALID)
  })

  test('can be done by device: each is listed once, and ended alone', async () => {
    core = await startCore()
    const { email, accessToken, refreshToken } = await registered()
    const other = (await login(email)).body
    const { devices } = (await send('GET', paths.devices, { bearer: accessToken })).body
    expect(devices).toHaveLength(2)
    const foreign = devices.find((it) => !it.current)
    expect(foreign?.id).toBe(claimsOf(other.refreshToken).sid)
    const path = `${paths.devices}/${foreign?.id}`
    const somebody = await registered()
    const stranger = await send('DELETE', path, { bearer: somebody.accessToken })
    expect(stranger.status).toBe(404)
    expect((await send('DELETE', path, { bearer: accessToken })).status).toBe(204)
    expect(outcome(await rotate(other.refreshToken))).toEqual(INVALID)
    expect((await rotate(refreshToken)).status).toBe(200)
  })

  test('has nothing to end where nothing is stored', async () => {
    core = await startCore({ REFRESH_STORE: 'none' })
    const { accessToken, refreshToken } = await registered()
    expect((await send('POST', paths.logout, { bearer: refreshToken })).status).toBe(204)
    expect((await rotate(refreshToken)).status).toBe(200)
    const everywhere = await send('POST', paths.logoutAll, { bearer: accessToken })
    expect(outcome(everywhere)).toEqual([501, 'not_supported'])
  })
})
