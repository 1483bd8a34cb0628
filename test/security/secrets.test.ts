import { randomBytes } from 'node:crypto'
import { operations, paths } from '@session-vs-jwt/http-contract'
import { strategies } from '@session-vs-jwt/workbench'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Answer, Device, newAccount } from '../device.js'
import { type FaultServer, Stack } from '../faults/stack.js'

/** What no answer and no log may hold: whatever a request carried to say who sends it, or was given for it. */
class Secrets {
  readonly #found = new Set<string>()

  add(...texts: readonly string[]): void {
    for (const text of texts) {
      const parts = text.split(/; |=(?=.)/)
      for (const part of [text, ...parts]) if (part.length > 8) this.#found.add(part)
    }
  }

  foundIn(text: string): string[] {
    return [...this.#found].filter((secret) => text.includes(secret))
  }
}

/** What tells an attacker how the server is built: stacks, statements, paths, versions, hashes. */
const INSIDE =
  /\bat \w+.*:\d+:\d+|node_modules|\/src\/|\.[jt]s:\d|SELECT |INSERT |UPDATE |relation "|column "|ECONNREFUSED|postgres(ql)?:\/\/|redis:\/\/|\$2[aby]\$|\bkoa\b|\bioredis\b|at Object/i

function expectTellsNothing({ status, headers, body, exchange }: Answer): void {
  const told = `${exchange.method} ${exchange.url}: ${JSON.stringify(body)}`
  expect(JSON.stringify(body) ?? '', told).not.toMatch(INSIDE)
  expect(headers['x-powered-by'], told).toBeUndefined()
  expect(headers.server, told).toBeUndefined()
  if (status >= 400) expect(headers['content-type'], told).toMatch(/^application\/problem\+json/)
}

/** Every route with every credential a client may hold, right, broken and misplaced. */
async function sendEverything(server: FaultServer, secrets: Secrets): Promise<Answer[]> {
  const account = newAccount()
  const device = new Device(server)
  const answers = [await device.register(account)]
  const hold = (): void => secrets.add(account.password, device.access, device.refresh)
  hold()
  answers.push(await device.login(account))
  hold()
  const basic = Buffer.from(`${account.email}:${account.password}`).toString('base64')
  secrets.add(basic)
  const headers = [
    { authorization: `Basic ${basic}` },
    { authorization: `Bearer ${device.access}x` },
    { authorization: `Bearer ${device.refresh || device.access}` },
    { authorization: device.access },
    { cookie: `${device.access}x` },
    { cookie: `sid=${basic}; token=${basic}` },
    {
      'x-api-key': basic,
      'proxy-authorization': `Basic ${basic}`,
      referer: `http://a/?t=${basic}`,
    },
  ]
  for (const { method, path } of operations.filter(({ id }) => id !== 'openapi')) {
    const at = path.replace(':id', '01a208f4-c0a1-70cc-bfab-000000000000')
    for (const it of headers) {
      answers.push(await device.sendBare(method, at, it, method === 'GET' ? undefined : account))
    }
  }
  const password = `a new one ${randomBytes(6).toString('hex')}`
  secrets.add(password)
  const change = { password, currentPassword: account.password }
  answers.push(await device.send('PATCH', paths.me, { ...change, currentPassword: `${password}!` }))
  answers.push(await device.send('PATCH', paths.me, change))
  answers.push(await device.sendBody('POST', paths.posts, `{"password":"${password}"`, JSON_TYPE))
  answers.push(await device.send('GET', `/nowhere/${basic}?password=${encodeURI(password)}`))
  for (const call of [
    device.renew,
    device.rotate,
    device.devices,
    device.logoutAll,
    device.logout,
  ]) {
    answers.push(await call())
    hold()
  }
  return answers
}

const JSON_TYPE = { 'content-type': 'application/json' }

describe('every strategy, as processes that log all they can', () => {
  let stack: Stack
  const secrets = new Secrets()
  beforeAll(async () => {
    const ids = strategies.map(({ id }) => id)
    stack = await Stack.start({
      strategies: ids,
      own: ['postgres'],
      redisUrl: inject('redisUrl'),
    })
    secrets.add(new URL(stack.databaseUrl).password)
  })
  afterAll(async () => stack?.stop())

  test('no credential and nothing of the inside is in any answer or log [ASVS 16.2.5, ASVS 16.5.1, ASVS 14.2.1]', async () => {
    for (const server of stack.servers) {
      const answers = await sendEverything(server, secrets)
      expect(answers.length).toBeGreaterThan(100)
      for (const answer of answers) {
        expect(answer.status).not.toBe(500)
        expectTellsNothing(answer)
      }
      const log = await server.log()
      expect(log).toContain('listening')
      expect(secrets.foundIn(log)).toEqual([])
    }
  })

  test('an unexpected error is told to nobody but the log, which holds no credential [ASVS 16.5.1, ASVS 16.5.3, ASVS 16.5.4]', async () => {
    const devices = await Promise.all(
      stack.servers.map(async (server) => {
        const device = new Device(server)
        expect((await device.register(newAccount())).status).toBe(201)
        return { server, device }
      }),
    )
    const expectKept = async (server: FaultServer, answers: readonly Answer[]): Promise<string> => {
      for (const answer of answers) {
        expect(answer.body.detail).toBeUndefined()
        expect(answer.headers['set-cookie']).toBeUndefined()
        expectTellsNothing(answer)
      }
      const log = await server.log()
      expect(secrets.foundIn(log)).toEqual([])
      expect(log).not.toMatch(/\$2b\$/)
      expect(server.exit()).toBeUndefined()
      return log
    }
    const outcome = ({ status, body }: Answer): unknown[] => [status, body.code]
    const sql = new Client(stack.databaseUrl)
    await sql.connect()
    // PostgreSQL refuses these rows, and prints them whole in the detail of its error.
    await sql.query(`ALTER TABLE posts ADD CONSTRAINT unforeseen CHECK (title <> 'T')`)
    await sql.query(`ALTER TABLE users ADD CONSTRAINT unforeseen CHECK (nickname NOT LIKE 'odd %')`)
    for (const { server, device } of devices) {
      const account = newAccount()
      const nickname = `odd ${account.nickname}`
      secrets.add(account.password, device.access, device.refresh)
      const answers = [
        await device.send('POST', paths.posts, { title: 'T', body: 'B' }),
        await new Device(server).register({ ...account, nickname }),
        await device.send('PATCH', paths.me, { nickname }),
      ]
      expect(answers.map(outcome)).toEqual(answers.map(() => [500, 'internal_error']))
      expect(await expectKept(server, answers)).toContain('unexpected error')
    }
    await sql.query('ALTER TABLE posts DROP CONSTRAINT unforeseen')
    await sql.query('ALTER TABLE users DROP CONSTRAINT unforeseen')
    await sql.query('ALTER TABLE posts RENAME COLUMN title TO heading')
    await sql.query('ALTER TABLE users RENAME COLUMN password_hash TO hash')
    for (const { server, device } of devices) {
      const account = newAccount()
      secrets.add(account.password)
      const change = { password: `${account.password} 2`, currentPassword: account.password }
      const answers = [
        await device.send('POST', paths.posts, { title: 'T', body: 'B' }),
        await device.send('GET', paths.posts),
        await new Device(server).login(account),
        await new Device(server).register(account),
        await device.send('PATCH', paths.me, change),
      ]
      expect(answers.map(outcome)).toEqual(answers.map(() => [503, 'store_unavailable']))
      expect(await expectKept(server, answers)).toContain('npm run migrate')
    }
    await sql.query('ALTER TABLE posts RENAME COLUMN heading TO title')
    await sql.query('ALTER TABLE users RENAME COLUMN hash TO password_hash')
    await sql.end()
    for (const { device } of devices) {
      expect((await device.send('GET', paths.posts)).status).toBe(200)
    }
  })

  test('a store that is gone opens nothing, and its address and password stay here [ASVS 16.5.2, ASVS 16.5.1]', async () => {
    const devices = await Promise.all(
      stack.servers.map(async (server) => {
        const device = new Device(server)
        const account = newAccount()
        expect((await device.register(account)).status).toBe(201)
        return { server, device, account }
      }),
    )
    await stack.postgres.stop()
    for (const { server, device, account } of devices) {
      const answers = [
        await device.send('GET', paths.me),
        await new Device(server).login(account),
        await new Device(server).register(newAccount()),
      ]
      for (const answer of answers) {
        expect([answer.status, answer.body.code]).toEqual([503, 'store_unavailable'])
        expectTellsNothing(answer)
      }
      const log = await server.log()
      expect(secrets.foundIn(log)).toEqual([])
    }
  })
})
