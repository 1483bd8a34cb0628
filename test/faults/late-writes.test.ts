import { setTimeout as sleep } from 'node:timers/promises'
import { paths } from '@session-vs-jwt/http-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Device, loggedIn, newAccount, type Reply, registered } from '../device.js'
import { until } from './load.js'
import { BACK_WITHIN_MS } from './outage.js'
import { type FaultServer, Stack } from './stack.js'

/*
 * A paused store still has in its socket what it was sent, and reads it when it wakes, long after the
 * client was told 503 and may have done something else.
 */

const STRATEGIES = ['session-redis', 'session-postgres', 'jwt-rotating', 'jwt-denylist'] as const

let stack: Stack

beforeAll(async () => {
  stack = await Stack.start({ strategies: STRATEGIES, own: ['postgres', 'redis'] })
})
afterAll(async () => stack?.stop())

/** The status of each request that was sent while a store slept; it is awake again after that. */
async function whileAsleep(
  store: 'redis' | 'postgres',
  requests: readonly (() => Promise<Reply>)[],
): Promise<number[]> {
  stack[store].pause()
  try {
    const replies = await Promise.all(requests.map(async (send) => send()))
    return replies.map(({ status }) => status)
  } finally {
    stack[store].resume()
  }
}

/** Waits until the store has worked off what waited in its sockets. */
async function awake(device: Device): Promise<void> {
  const works = async () => (await device.send('GET', paths.me)).status === 200
  await until('the store is back', works, BACK_WITHIN_MS)
  // What came later than our own request would have been read by now, too.
  await sleep(100)
}

/** Fills the pool, so that each request that follows has a connection to write on. */
async function warmUp(device: Device): Promise<void> {
  await Promise.all(Array.from({ length: 20 }, async () => device.send('GET', paths.me)))
}

const identities = async (...devices: Device[]): Promise<number[]> =>
  Promise.all(devices.map(async (it) => (await it.whoami()).status))

describe.each(STRATEGIES)('%s: what was refused with 503 does not happen later', (id) => {
  let server: FaultServer
  let device: Device
  let account: ReturnType<typeof newAccount>
  /** Where this strategy keeps its logins. */
  const store = id === 'session-postgres' ? 'postgres' : 'redis'

  beforeAll(async () => {
    server = stack.server(id)
    ;({ device, account } = await registered(server))
    await warmUp(device)
  })

  test('a rotation: the old credential is the live one', async () => {
    const rotating = await loggedIn(server, account)
    await warmUp(device)
    expect(await whileAsleep(store, [rotating.rotate])).toEqual([503])
    await awake(device)
    expect((await rotating.rotate()).status).toBe(200)
    expect((await rotating.renew()).status).toBe(200)
  })

  test('a logout: the device is logged in, until a 204 says otherwise', async () => {
    const leaving = await loggedIn(server, account)
    const copy = leaving.copy()
    await warmUp(device)
    expect(await whileAsleep(store, [leaving.logout])).toEqual([503])
    await awake(device)
    expect([(await copy.renew()).status, ...(await identities(copy))]).toEqual([200, 200])
    expect((await copy.copy().logout()).status).toBe(204)
    expect((await copy.renew()).status).toBe(401)
  })

  test('a logout of all devices, and of one: both are logged in', async () => {
    const { device: one, account: owner } = await registered(server)
    const two = await loggedIn(server, owner)
    const ids = (await one.devices()).body.devices.map((it: { id: string }) => it.id)
    await warmUp(device)
    const endDevice = async () =>
      two.copy().send('DELETE', `${paths.device}`.replace(':id', ids[0]))
    expect(await whileAsleep(store, [one.copy().logoutAll, endDevice])).toEqual([503, 503])
    await awake(device)
    expect(await identities(one, two)).toEqual([200, 200])
    expect([(await one.renew()).status, (await two.renew()).status]).toEqual([200, 200])
    expect((await one.devices()).body.devices).toHaveLength(2)
  })

  test.each(['redis', 'postgres'] as const)('a login without %s: no new device', async (which) => {
    const { device: only, account: owner } = await registered(server)
    await warmUp(device)
    const login = async () => new Device(server).login(owner)
    expect(await whileAsleep(which, [login])).toEqual([503])
    await awake(device)
    expect((await only.devices()).body.devices).toHaveLength(1)
  })

  test('tries to log in: none counts as a wrong password', async () => {
    const { account: owner } = await registered(server)
    const tries = Array.from({ length: 12 }, () => async () => new Device(server).login(owner))
    expect(await whileAsleep('redis', tries)).toEqual(tries.map(() => 503))
    await awake(device)
    expect((await new Device(server).login(owner)).status).toBe(200)
  })

  test('a registration: the account is not there', async () => {
    const newcomer = newAccount()
    await warmUp(device)
    const register = async () => new Device(server).register(newcomer)
    expect(await whileAsleep('postgres', [register])).toEqual([503])
    await awake(device)
    expect((await register()).status).toBe(201)
  })

  test('a post, its deletion, a nickname and a password: all as before', async () => {
    const { device: author, account: owner } = await registered(server)
    const { post } = (await author.send('POST', paths.posts, { title: 'kept', body: 'x' })).body
    const password = 'another pass:word'
    await warmUp(device)
    const statuses = await whileAsleep('postgres', [
      async () => author.send('POST', paths.posts, { title: 'late', body: 'x' }),
      async () => author.send('DELETE', `${paths.posts}/${post.id}`),
      async () => author.send('PATCH', paths.me, { nickname: `late ${owner.nickname}` }),
      async () => author.send('PATCH', paths.me, { password, currentPassword: owner.password }),
    ])
    expect(statuses).toEqual([503, 503, 503, 503])
    await awake(device)
    const { posts } = (await author.send('GET', paths.posts)).body
    expect(posts.map((it: { title: string }) => it.title)).toEqual(['kept'])
    expect((await author.send('GET', paths.me)).body.user.nickname).toBe(owner.nickname)
    expect((await new Device(server).login(owner)).status).toBe(200)
  })
})

describe('what was answered with success is kept', () => {
  test.each(['redis', 'postgres'] as const)(
    'when %s is killed in the midst of it',
    async (store) => {
      const server = stack.server(store === 'redis' ? 'session-redis' : 'session-postgres')
      const { device, account } = await registered(server)
      const kept: Device[] = []
      const titles: string[] = []
      let isDown = false
      const logins = Array.from({ length: 4 }, async () => {
        while (!isDown) {
          const newcomer = new Device(server)
          const { status } = await newcomer.login(account)
          if (status === 200) kept.push(newcomer)
        }
      })
      const posts = Array.from({ length: 2 }, async (_, lane) => {
        for (let n = 0; !isDown; n += 1) {
          const title = `${lane}-${n}`
          const { status } = await device.send('POST', paths.posts, { title, body: 'x' })
          if (status === 201) titles.push(title)
        }
      })
      await until('some are written', () => kept.length >= 10 && titles.length >= 10, 5_000)
      await stack[store].kill()
      isDown = true
      await Promise.all([...logins, ...posts])
      await stack[store].restart()
      await awake(device)
      const statuses = new Set(await identities(...kept.slice(-40)))
      expect([...statuses]).toEqual([200])
      const found = (await device.send('GET', `${paths.posts}?limit=100`)).body.posts
      const foundTitles = new Set(found.map((it: { title: string }) => it.title))
      expect(titles.slice(-40).filter((it) => !foundTitles.has(it))).toEqual([])
    },
  )
})

describe.each(['session-redis', 'jwt-rotating'] as const)('%s: a logout in the moment', (id) => {
  test('in which the store goes tells the truth: 204 is logged out, 503 is as before', async () => {
    const server = stack.server(id)
    const { device, account } = await registered(server)
    const leaving = await Promise.all(
      Array.from({ length: 20 }, async () => loggedIn(server, account)),
    )
    const copies = leaving.map((it) => it.copy())
    const logouts = leaving.map(async (it, index) => {
      await sleep(index)
      return (await it.logout()).status
    })
    await sleep(10)
    stack.redis.pause()
    const statuses = await Promise.all(logouts)
    stack.redis.resume()
    await awake(device)
    const after = await Promise.all(copies.map(async (it) => (await it.renew()).status))
    expect(after).toEqual(statuses.map((status) => (status === 204 ? 401 : 200)))
  })
})
