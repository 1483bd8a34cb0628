import { paths } from '@session-vs-jwt/http-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Device, newAccount, registered, type Reply } from '../device.js'
import { startServer, type TestServer } from '../start-server.js'
import { strategy } from './matrix.js'

const statuses = (replies: readonly Reply[]): number[] =>
  replies.map(({ status }) => status).toSorted((a, b) => a - b)

describe.each([strategy('session-redis'), strategy('jwt-rotating')])('$id', (it) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer(it)
  })
  afterAll(async () => server.stop())

  const tryLogins = async (n: number, email: string, password: string): Promise<Reply[]> =>
    Promise.all(
      Array.from({ length: n }, () => new Device(server).login({ nickname: '', email, password })),
    )

  test('10 registrations of one nickname or email at once: one wins (409 for the others)', async () => {
    for (const same of ['nickname', 'email'] as const) {
      const account = newAccount()
      const replies = await Promise.all(
        Array.from({ length: 10 }, () =>
          new Device(server).register({ ...newAccount(), [same]: account[same] }),
        ),
      )
      expect(statuses(replies)).toEqual([201, ...Array<number>(9).fill(409)])
      const codes = replies.filter(({ status }) => status === 409).map(({ body }) => body.code)
      expect(new Set(codes)).toEqual(new Set([`${same}_taken`]))
    }
  })

  test('names are compared without case and in compatibility form', async () => {
    const account = newAccount()
    const twins = [
      { email: account.email.toUpperCase() },
      { nickname: account.nickname.toUpperCase() },
      { nickname: account.nickname.replace('a', '\uff41') },
    ]
    await new Device(server).register(account)
    for (const twin of twins) {
      const reply = await new Device(server).register({ ...newAccount(), ...twin })
      expect(reply.status).toBe(409)
    }
    const shouting = { ...account, email: account.email.toUpperCase() }
    expect((await new Device(server).login(shouting)).status).toBe(200)
  })

  test('a taken nickname cannot be taken by a change', async () => {
    const [ann, bob] = [await registered(server), await registered(server)]
    const { status, body } = await ann.device.send('PATCH', paths.me, {
      nickname: bob.account.nickname,
    })
    expect([status, body.code]).toEqual([409, 'nickname_taken'])
  })

  test('an unknown email and a wrong password get the same answer', async () => {
    const { account } = await registered(server)
    const wrong = await new Device(server).login({ ...account, password: 'wrong password' })
    const unknown = await new Device(server).login({ ...newAccount(), password: 'wrong password' })
    expect(wrong.status).toBe(401)
    expect(wrong.headers['www-authenticate']).toBe('Basic realm="login", charset="UTF-8"')
    const same = ({ status, body, headers }: Reply): unknown => {
      const { date: _date, 'server-timing': timing, ...rest } = headers
      const counts = String(timing).replaceAll(/dur=[\d.]+/g, '')
      return { status, body, counts, headers: rest }
    }
    expect(same(unknown)).toEqual(same(wrong))
  })

  test.each([
    ['72 bytes', 'é'.repeat(36), 201],
    ['73 bytes', `${'é'.repeat(36)}x`, 400],
    ['7 bytes', '1234567', 400],
    ['a common one', 'password1', 400],
    ['a common one, shouted', 'PASSWORD1', 400],
    ['spaces, colons and emoji', ' : 🔑 : ', 201],
    ['a NUL in the middle', 'abc\0defgh', 201],
  ])('a password of %s', async (_what, password, expected) => {
    const account = { ...newAccount(), password }
    const device = new Device(server)
    const { status, body } = await device.register(account)
    expect(status).toBe(expected)
    if (expected === 400) {
      expect(body).toMatchObject({ code: 'password_refused', errors: [{ field: 'password' }] })
      return
    }
    expect((await new Device(server).login(account)).status).toBe(200)
    const cut = { ...account, password: password.slice(0, -1) }
    expect((await new Device(server).login(cut)).status).toBe(401)
  })

  test('the same password typed composed and decomposed is one (NFC)', async () => {
    const account = { ...newAccount(), password: 'caf\u00e9 au lait' }
    await new Device(server).register(account)
    const decomposed = { ...account, password: 'cafe\u0301 au lait' }
    expect((await new Device(server).login(decomposed)).status).toBe(200)
  })

  test('of 30 wrong tries at once 10 are looked at; then the right password waits too', async () => {
    const { account } = await registered(server)
    const replies = await tryLogins(30, account.email, 'a wrong password')
    expect(statuses(replies)).toEqual([
      ...Array<number>(10).fill(401),
      ...Array<number>(20).fill(429),
    ])
    for (const { headers, status } of replies) {
      if (status === 429) expect(Number(headers['retry-after'])).toBeGreaterThan(800)
    }
    expect(statuses(await tryLogins(2, account.email, account.password))).toEqual([429, 429])
  })

  test('an account that does not exist locks like one that does', async () => {
    const replies = await tryLogins(12, newAccount().email, 'a wrong password')
    expect(statuses(replies).filter((status) => status === 429)).toHaveLength(2)
  })

  test('headers that name another client, and a changed case, reset nothing', async () => {
    const { account } = await registered(server)
    await tryLogins(10, account.email, 'a wrong password')
    const basic = Buffer.from(`${account.email.toUpperCase()}:x`).toString('base64')
    const headers = {
      authorization: `Basic ${basic}`,
      'x-forwarded-for': '203.0.113.9',
      forwarded: 'for=203.0.113.9',
    }
    const { status } = await new Device(server).sendBare('POST', paths.login, headers)
    expect(status).toBe(429)
  })

  test('logins that succeed do not count', async () => {
    const { account } = await registered(server)
    for (let i = 0; i < 12; i += 1) {
      expect((await new Device(server).login(account)).status).toBe(200)
    }
  })

  test('the lock ends with its window', async () => {
    const own = await startServer(it, { env: { LOGIN_FAILURES: '1', LOGIN_WINDOW_SECONDS: '1' } })
    const { account } = await registered(own)
    const wrong = { ...account, password: 'a wrong password' }
    expect((await new Device(own).login(wrong)).status).toBe(401)
    expect((await new Device(own).login(account)).status).toBe(429)
    await expect
      .poll(async () => (await new Device(own).login(account)).status, { timeout: 5_000 })
      .toBe(200)
    await own.stop()
  })

  test('a login with the old password that overlaps its change does not stay', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { device, account } = await registered(server)
      const late = new Device(server)
      const change = { password: `the new one ${round}`, currentPassword: account.password }
      const [changed] = await Promise.all([
        device.send('PATCH', paths.me, change),
        late.login(account),
      ])
      expect(changed.status).toBe(200)
      expect((await late.rotate()).status).toBe(401)
    }
  })

  test('guesses at the current password are bounded as logins are', async () => {
    const { device } = await registered(server)
    const guess = { password: 'a fine new one', currentPassword: 'a wrong guess' }
    const replies = await Promise.all(
      Array.from({ length: 12 }, () => device.send('PATCH', paths.me, guess)),
    )
    expect(statuses(replies)).toEqual([...Array<number>(10).fill(403), 429, 429])
  })

  test('users are paged by cursor, each once, with id and nickname only', async () => {
    const { device, account } = await registered(server)
    const seen: string[] = []
    let path = `${paths.users}?limit=100`
    for (;;) {
      const { status, body } = await device.send('GET', path)
      expect(status).toBe(200)
      for (const user of body.users) {
        expect(Object.keys(user).toSorted()).toEqual(['id', 'nickname'])
        seen.push(user.nickname)
      }
      if (body.nextCursor === null) break
      path = `${paths.users}?limit=100&cursor=${body.nextCursor}`
    }
    expect(seen).toContain(account.nickname)
    expect(new Set(seen).size).toBe(seen.length)
  })

  test('posts are paged by cursor, the newest first', async () => {
    const { device } = await registered(server)
    for (const title of ['1', '2', '3'])
      await device.send('POST', paths.posts, { title, body: 'b' })
    const first = (await device.send('GET', `${paths.posts}?limit=2`)).body
    const rest = (await device.send('GET', `${paths.posts}?limit=2&cursor=${first.nextCursor}`))
      .body
    const titles = [...first.posts, ...rest.posts].map((post: { title: string }) => post.title)
    expect([titles, rest.nextCursor]).toEqual([['3', '2', '1'], null])
  })
})
