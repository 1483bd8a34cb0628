import { paths, responses } from '@session-vs-jwt/http-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Device, loggedIn, newAccount, registered } from '../device.js'
import { startServer, type TestServer } from '../start-server.js'
import { matrix } from './matrix.js'

describe.each(matrix)('%s', (_label, strategy) => {
  const { promises } = strategy
  let server: TestServer

  beforeAll(async () => {
    server = await startServer(strategy)
  })
  afterAll(async () => server.stop())

  test('registration logs in, and login does', async () => {
    const account = newAccount()
    const device = new Device(server)
    const { status, body } = await device.register(account)
    expect(status).toBe(201)
    expect(responses.user.safeParse(body.user).error).toBeUndefined()
    expect((await device.whoami()).status).toBe(200)
    const login = await new Device(server).login(account)
    expect([login.status, login.body.user]).toEqual([200, body.user])
  })

  test('whoami answers from the credential', async () => {
    const { device, account } = await registered(server)
    const { body } = await device.whoami()
    expect(responses.whoami.safeParse(body).error).toBeUndefined()
    expect(body.email).toBe(account.email)
    expect(Date.parse(body.expiresAt)).toBeGreaterThan(Date.parse(body.issuedAt))
  })

  test('access is renewed, and the credential goes on', async () => {
    const { device } = await registered(server)
    const { status, body } = await device.renew()
    const shape = strategy.server === 'session' ? responses.expiry : responses.accessToken
    expect([status, shape.safeParse(body).error]).toEqual([200, undefined])
    expect((await device.whoami()).status).toBe(200)
  })

  test('refresh rotates: the new credential works and keeps its owner', async () => {
    const { device, account } = await registered(server)
    const { id } = (await device.whoami()).body
    const before = device.copy()
    const { status, body } = await device.rotate()
    const shape = strategy.server === 'session' ? responses.expiry : responses.refreshToken
    expect([status, shape.safeParse(body).error]).toEqual([200, undefined])
    expect(strategy.server === 'session' ? device.access : device.refresh).not.toBe(
      strategy.server === 'session' ? before.access : before.refresh,
    )
    await device.renew()
    expect((await device.whoami()).body).toMatchObject({ id, email: account.email })
  })

  test(`a spent credential is ${promises.spentCredential}`, async () => {
    const { device } = await registered(server)
    const spent = device.copy()
    await device.rotate()
    const { status } = await spent.rotate()
    expect(status).toBe(promises.spentCredential === 'refused' ? 401 : 200)
  })

  test(`after logout the credential is ${promises.afterLogout}`, async () => {
    const { device } = await registered(server)
    const copy = device.copy()
    expect((await device.logout()).status).toBe(204)
    const { status } = await copy.whoami()
    expect(status).toBe(promises.afterLogout === 'dead-at-once' ? 401 : 200)
    expect((await copy.logout()).status, 'logout is idempotent').toBe(204)
  })

  test('what outlives a logout ends with its deadline', async () => {
    const own = await startServer(strategy)
    const { device } = await registered(own)
    const copy = device.copy()
    await device.logout()
    own.clock.advance(8 * 3600 + 1)
    expect((await copy.whoami()).status).toBe(401)
    await own.stop()
  })

  test('profile, nickname and posts of one\u2019s own', async () => {
    const { device, account } = await registered(server)
    expect((await device.send('GET', paths.me)).body.user.nickname).toBe(account.nickname)
    const nickname = `${account.nickname} too`
    const changed = await device.send('PATCH', paths.me, { nickname })
    expect([changed.status, changed.body.user.nickname]).toEqual([200, nickname])
    const post = await device.send('POST', paths.posts, { title: 'First', body: 'Text' })
    expect(post.status).toBe(201)
    expect((await device.send('GET', post.headers.location ?? '')).body).toEqual(post.body)
    expect((await device.send('GET', paths.posts)).body.posts).toEqual([post.body.post])
    expect((await device.send('DELETE', post.headers.location ?? '')).status).toBe(204)
    expect((await device.send('GET', post.headers.location ?? '')).status).toBe(404)
  })

  test('somebody else\u2019s post does not exist', async () => {
    const [ann, bob] = [await registered(server), await registered(server)]
    const { headers } = await ann.device.send('POST', paths.posts, { title: 'T', body: 'B' })
    const path = headers.location ?? ''
    expect((await bob.device.send('GET', path)).status).toBe(404)
    expect((await bob.device.send('DELETE', path)).status).toBe(404)
    expect((await ann.device.send('GET', path)).status).toBe(200)
  })

  test('devices are listed and ended one by one', async () => {
    const { device, account } = await registered(server)
    const other = await loggedIn(server, account)
    const { status, body } = await device.devices()
    if (!promises.devices) {
      expect([status, body.code]).toEqual([501, 'not_supported'])
      return
    }
    expect(body.devices).toHaveLength(2)
    for (const it of body.devices) expect(responses.device.safeParse(it).error).toBeUndefined()
    const { id } = body.devices.find((it: { current: boolean }) => !it.current)
    expect((await device.send('DELETE', `${paths.devices}/${id}`)).status).toBe(204)
    expect((await other.rotate()).status).toBe(401)
    expect((await device.rotate()).status).toBe(200)
    const stranger = (await registered(server)).device
    const own = (await device.devices()).body.devices[0].id
    expect((await stranger.send('DELETE', `${paths.devices}/${own}`)).status).toBe(404)
  })

  test('logout everywhere ends every device of this user and of nobody else', async () => {
    const { device, account } = await registered(server)
    const other = await loggedIn(server, account)
    const stranger = (await registered(server)).device
    const copies = [device.copy(), other.copy()]
    const { status } = await device.logoutAll()
    expect(status).toBe(promises.devices ? 204 : 501)
    for (const copy of copies) {
      expect((await copy.rotate()).status).toBe(promises.devices ? 401 : 200)
      const dead = promises.devices && promises.afterLogout === 'dead-at-once'
      expect((await copy.whoami()).status).toBe(dead ? 401 : 200)
    }
    expect((await stranger.rotate()).status).toBe(200)
  })

  test('of two devices that change the password at once, the winner stays logged in', async () => {
    const { device, account } = await registered(server)
    const devices = [device, await loggedIn(server, account)]
    const replies = await Promise.all(
      devices.map((it, index) => {
        const password = `the new one of ${index}`
        return it.send('PATCH', paths.me, { password, currentPassword: account.password })
      }),
    )
    // The loser was in time with the old password, or came too late with it.
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)[0]).toBe(200)
    expect([401, 403, 409]).toContain(Math.max(...replies.map(({ status }) => status)))
    const winner = devices[replies.findIndex(({ status }) => status === 200)]
    expect((await winner?.rotate())?.status).toBe(200)
  })

  test('a device id in capitals is the same id', async () => {
    if (!promises.devices) return
    const { device, account } = await registered(server)
    await loggedIn(server, account)
    const { id } = (await device.devices()).body.devices.find(
      (it: { current: boolean }) => !it.current,
    )
    const { status } = await device.send('DELETE', `${paths.devices}/${id.toUpperCase()}`)
    expect(status).toBe(204)
  })

  test('a new password ends the other devices and leaves this one', async () => {
    const { device, account } = await registered(server)
    const other = await loggedIn(server, account)
    const password = 'a new and better one'
    const change = { password, currentPassword: account.password }
    const wrong = { password, currentPassword: 'not the password' }
    expect((await device.send('PATCH', paths.me, wrong)).body.code).toBe('wrong_current_password')
    expect((await device.send('PATCH', paths.me, change)).status).toBe(200)
    expect((await other.rotate()).status).toBe(promises.devices ? 401 : 200)
    expect((await device.rotate()).status).toBe(200)
    expect((await new Device(server).login(account)).status).toBe(401)
    expect((await new Device(server).login({ ...account, password })).status).toBe(200)
  })
})
