import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLogger } from '@session-vs-jwt/server-process'
import { systemNewId } from '@session-vs-jwt/http-edge'
import { MemoryPosts } from '@session-vs-jwt/posts'
import { createPasswordHasher, memoryLoginAttempts, MemoryUsers } from '@session-vs-jwt/users'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../src/app.js'
import { loadConfig } from '../src/config.js'
import { systemRandomBytes } from '../src/session/session-id.js'
import { MemorySessions } from '../src/stores/memory.js'

/*
 * The whole server on stores in memory, over real HTTP: if you break a step of a session, these tests
 * show it within seconds. What PostgreSQL and Redis do is the contract suite's business.
 */

const START = Date.parse('2026-01-02T03:04:05Z')
const MINUTE = 60_000
const config = loadConfig({
  DATABASE_URL: 'postgres://localhost/unused',
  SESSION_STORE: 'memory',
})
const passwords = await createPasswordHasher({ cost: 4 })

let server: Server
let now: number
let sessions: MemorySessions
beforeEach(async () => {
  now = START
  sessions = new MemorySessions()
  const ports = {
    users: new MemoryUsers(),
    posts: new MemoryPosts(),
    passwords,
    sessions,
    cookieKeys: undefined,
    loginAttempts: memoryLoginAttempts({ failures: 3, windowSeconds: 900 }),
    dependencies: [],
  }
  const app = createApp({
    config,
    ports: () => ports,
    logger: createLogger('session-server', 'silent'),
    clock: () => new Date(now),
    newId: systemNewId,
    random: systemRandomBytes,
    draining: () => false,
  })
  server = createServer(app.callback())
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
})
afterEach(() => {
  server.close()
})

const ACCOUNT = { nickname: 'ann', email: 'ann@example.org', password: 'correct horse battery' }
const basic = (password: string): string =>
  `Basic ${Buffer.from(`${ACCOUNT.email}:${password}`).toString('base64')}`

/** A browser with one cookie. */
class Browser {
  cookie: string | undefined

  async send(method: string, path: string, options: RequestInit = {}): Promise<Response> {
    const { port } = server.address() as AddressInfo
    const headers = new Headers(options.headers)
    if (this.cookie !== undefined) headers.set('Cookie', this.cookie)
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { ...options, method, headers })
    const [set] = response.headers.getSetCookie()
    if (set !== undefined) this.cookie = set.startsWith('sid=;') ? undefined : set.split(';')[0]
    return response
  }

  status = async (method: string, path: string, options?: RequestInit): Promise<number> =>
    (await this.send(method, path, options)).status

  register = async (): Promise<Response> =>
    this.send('POST', '/auth/register/email', {
      body: JSON.stringify(ACCOUNT),
      headers: { 'Content-Type': 'application/json' },
    })
  login = async (password = ACCOUNT.password): Promise<number> =>
    this.status('POST', '/auth/login/email', { headers: { Authorization: basic(password) } })
  whoami = async (): Promise<number> => this.status('GET', '/auth/whoami')
}

/** A browser that holds a copy of the other's cookie: a second tab, or a thief. */
function copyOf({ cookie }: Browser): Browser {
  return Object.assign(new Browser(), { cookie })
}

async function loggedIn(): Promise<Browser> {
  const browser = new Browser()
  expect((await browser.register()).status).toBe(201)
  return browser
}

const expiresAt = async (response: Response): Promise<number> =>
  Date.parse(((await response.json()) as { expiresAt: string }).expiresAt)

describe('start', () => {
  test('sends a new id in a cookie that scripts cannot read, and stores only its hash', async () => {
    const browser = new Browser()
    const response = await browser.register()
    const [set = ''] = response.headers.getSetCookie()
    expect(set).toMatch(/^sid=[\w-]{43}; path=\/; samesite=lax; httponly$/)
    const id = set.slice('sid='.length).split(';')[0] ?? ''
    expect((await sessions.read(id))?.email).toBe(ACCOUNT.email)
    expect(await browser.whoami()).toBe(200)
  })

  test('never goes on with an id that came from outside (CWE-384)', async () => {
    await loggedIn()
    const planted = Object.assign(new Browser(), { cookie: `sid=${'A'.repeat(43)}` })
    const victim = copyOf(planted)
    expect(await victim.login()).toBe(200)
    expect(victim.cookie).not.toBe(planted.cookie)
    expect(await planted.whoami()).toBe(401)
  })

  test('ends the session that the request came with', async () => {
    const browser = await loggedIn()
    const before = copyOf(browser)
    expect(await browser.login()).toBe(200)
    expect([await browser.whoami(), await before.whoami()]).toStrictEqual([200, 401])
  })

  test('does not happen with a wrong password; after three of them, not with the right one either', async () => {
    await loggedIn()
    const guesser = new Browser()
    const answers = []
    for (const password of ['a', 'b', 'c', ACCOUNT.password])
      answers.push(await guesser.login(password))
    expect(answers).toStrictEqual([401, 401, 401, 429])
    expect(guesser.cookie).toBeUndefined()
  })
})

describe('load', () => {
  test('refuses a request without a cookie, and one with a cookie that names no session', async () => {
    const code = async (browser: Browser): Promise<unknown> =>
      ((await (await browser.send('GET', '/auth/whoami')).json()) as { code: string }).code
    expect(await code(new Browser())).toBe('missing_credential')
    const unknown = Object.assign(new Browser(), { cookie: `sid=${'A'.repeat(43)}` })
    expect(await code(unknown)).toBe('invalid_credential')
  })

  test('refuses a cookie that comes twice: another site may have set one of them', async () => {
    const browser = await loggedIn()
    const twice = Object.assign(new Browser(), { cookie: `${browser.cookie}; ${browser.cookie}` })
    expect([await browser.whoami(), await twice.whoami()]).toStrictEqual([200, 401])
  })

  test('refuses a session that nobody used for 30 minutes', async () => {
    const browser = await loggedIn()
    now += 30 * MINUTE
    expect(await browser.whoami()).toBe(401)
  })

  test('renews a session that is being used, but never beyond 8 hours', async () => {
    const browser = await loggedIn()
    const statuses: number[] = []
    for (let minutes = 20; minutes <= 500; minutes += 20) {
      now += 20 * MINUTE
      statuses.push(await browser.whoami())
    }
    expect(statuses).toStrictEqual([...Array<number>(23).fill(200), 401, 401])
  })
})

describe('renew', () => {
  test('extends the idle deadline and keeps the id', async () => {
    const browser = await loggedIn()
    const { cookie } = browser
    now += MINUTE
    const renewed = await browser.send('POST', '/auth/token/access')
    expect(await expiresAt(renewed)).toBe(now + 30 * MINUTE)
    expect(browser.cookie).toBe(cookie)
    now += 29.5 * MINUTE
    expect(await browser.whoami()).toBe(200)
  })

  test('does not bring back a session that is ended at the same moment', async () => {
    const browser = await loggedIn()
    const update = sessions.update.bind(sessions)
    sessions.update = async (id, session) => {
      await sessions.destroy(id)
      return update(id, session)
    }
    now += 10 * MINUTE
    expect(await browser.whoami()).toBe(401)
  })
})

describe('rotate', () => {
  test('moves the session to a new id; the old one opens nothing', async () => {
    const browser = await loggedIn()
    const old = copyOf(browser)
    now += MINUTE
    const rotated = await browser.send('POST', '/auth/token/refresh')
    expect(await expiresAt(rotated)).toBe(now + 30 * MINUTE)
    expect(browser.cookie).not.toBe(old.cookie)
    expect([await browser.whoami(), await old.whoami()]).toStrictEqual([200, 401])
  })

  test('lets one of two tabs win, and leaves the cookie of the winner alone', async () => {
    const [one, two] = [await loggedIn(), new Browser()]
    two.cookie = one.cookie
    const rotate = async (tab: Browser): Promise<Response> =>
      tab.send('POST', '/auth/token/refresh')
    const answers = await Promise.all([rotate(one), rotate(two)])
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const loser = answers.find(({ status }) => status === 401)
    expect(loser?.headers.getSetCookie()).toStrictEqual([])
  })
})

describe('the guard', () => {
  test('says whose posts may be seen', async () => {
    const browser = await loggedIn()
    const post = { title: 'A title', body: 'A body' }
    const created = await browser.send('POST', '/posts', {
      body: JSON.stringify(post),
      headers: { 'Content-Type': 'application/json' },
    })
    expect(created.status).toBe(201)
    const path = created.headers.get('Location') ?? ''
    expect(await browser.status('GET', path)).toBe(200)
    expect(await new Browser().status('GET', path)).toBe(401)
  })
})

describe('end', () => {
  test('ends the session at once for every copy of the cookie, and clears the cookie', async () => {
    const browser = await loggedIn()
    const copy = copyOf(browser)
    expect(await browser.status('POST', '/auth/logout')).toBe(204)
    expect(browser.cookie).toBeUndefined()
    expect(await copy.whoami()).toBe(401)
    expect(await copy.status('POST', '/auth/logout')).toBe(204)
    expect(await new Browser().status('POST', '/auth/logout')).toBe(401)
  })

  test('works with an id that was rotated away, so a thief cannot keep what they moved', async () => {
    const browser = await loggedIn()
    const thief = copyOf(browser)
    expect(await thief.status('POST', '/auth/token/refresh')).toBe(200)
    expect(await browser.status('POST', '/auth/logout')).toBe(204)
    expect(await thief.whoami()).toBe(401)
  })

  test('ends one device, or all of them', async () => {
    const [phone, laptop, tablet] = [await loggedIn(), new Browser(), new Browser()]
    for (const device of [laptop, tablet]) expect(await device.login()).toBe(200)
    const listed = (await (await phone.send('GET', '/auth/devices')).json()) as {
      devices: { id: string; current: boolean }[]
    }
    expect(listed.devices).toHaveLength(3)
    const other = listed.devices.find(({ current }) => !current)
    expect(await phone.status('DELETE', `/auth/devices/${other?.id}`)).toBe(204)
    const left = [phone, laptop, tablet].map(async (device) => device.whoami())
    expect((await Promise.all(left)).filter((status) => status === 401)).toHaveLength(1)
    expect(await phone.status('POST', '/auth/logout/all')).toBe(204)
    const none = [phone, laptop, tablet].map(async (device) => device.whoami())
    expect(await Promise.all(none)).toStrictEqual([401, 401, 401])
  })
})
