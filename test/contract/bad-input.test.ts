import { connect } from 'node:net'
import { paths, responses } from '@session-vs-jwt/http-kit'
import { exchange, jsonOf } from '@session-vs-jwt/workbench'
import fc from 'fast-check'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { Device, newAccount, registered, type Reply } from '../device.js'
import { startServer, type TestServer } from '../start-server.js'
import { strategy } from './matrix.js'

const JSON_TYPE = { 'content-type': 'application/json' }

/** Every refusal: problem+json with a stable code, never cached, never a 500. */
function expectRefusal({ status, headers, body }: Reply, expected?: number): void {
  if (expected !== undefined) expect(status).toBe(expected)
  expect(status).toBeGreaterThanOrEqual(400)
  expect(status).not.toBe(500)
  expect(headers['content-type']).toBe('application/problem+json')
  expect(headers['cache-control']).toBe('no-store')
  expect(responses.problem.safeParse(body).error).toBeUndefined()
  expect(body.status).toBe(status)
  if (status === 401) expect(headers['www-authenticate']).toBeDefined()
}

describe.each([strategy('session-redis'), strategy('jwt-rotating')])('$id', (it) => {
  let server: TestServer
  let device: Device
  const sql = new Client(inject('databaseUrl'))

  beforeAll(async () => {
    server = await startServer(it)
    device = (await registered(server)).device
    await sql.connect()
  })
  afterAll(async () => {
    await sql.end()
    await server.stop()
  })

  const sendBody = async (
    path: string,
    body: string | undefined,
    headers: Record<string, string> = JSON_TYPE,
    method = 'POST',
  ): Promise<Reply> => {
    const credential = credentialHeaders(device)
    const url = server.url + path
    const answer = await exchange({ method, url, headers: { ...credential, ...headers }, body })
    return { status: answer.status, headers: answer.headers, body: jsonOf(answer) ?? answer.body }
  }

  const usersOf = async (email: string): Promise<number> =>
    (await sql.query('SELECT 1 FROM users WHERE email = $1', [email])).rows.length

  test('every wrong field is named, in one answer', async () => {
    const body = JSON.stringify({ nickname: '', email: 'nobody', password: 7, admin: true })
    const reply = await sendBody(paths.register, body)
    expectRefusal(reply, 400)
    expect(reply.body.code).toBe('validation_failed')
    const fields = reply.body.errors.map((error: { field: string }) => error.field)
    expect(new Set(fields)).toEqual(new Set(['nickname', 'email', 'password', 'admin']))
  })

  test.each([
    ['no body', undefined, JSON_TYPE, 400],
    ['no JSON', '{"nickname":', JSON_TYPE, 400],
    ['an array', '[]', JSON_TYPE, 400],
    ['null', 'null', JSON_TYPE, 400],
    ['nested 21 deep', '['.repeat(21) + ']'.repeat(21), JSON_TYPE, 400],
    ['nested 8000 deep', '['.repeat(8000) + ']'.repeat(8000), JSON_TYPE, 400],
    ['17 KiB', JSON.stringify({ nickname: 'a'.repeat(17 * 1024) }), JSON_TYPE, 413],
    ['a form', 'nickname=a', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['no media type', '{}', {}, 415],
    ['UTF-16', '{}', { 'content-type': 'application/json; charset=utf-16' }, 415],
    ['compressed', '{}', { ...JSON_TYPE, 'content-encoding': 'gzip' }, 415],
    ['__proto__', '{"__proto__":{"nickname":"a"},"constructor":1}', JSON_TYPE, 400],
  ])('a registration with %s', async (_what, body, headers, expected) => {
    expectRefusal(await sendBody(paths.register, body, headers), expected)
  })

  test.each([
    ['no header', undefined],
    ['Bearer', 'Bearer abc'],
    ['no colon', `Basic ${Buffer.from('nobody').toString('base64')}`],
    ['no base64', 'Basic ***'],
    ['base64 with a break in it', 'Basic YTpi\tYTpi'],
    ['invalid UTF-8', `Basic ${Buffer.from([0x61, 0x3a, 0xff]).toString('base64')}`],
    ['a NUL in the email', `Basic ${Buffer.from('a\0b:password').toString('base64')}`],
    ['nothing at all', `Basic ${Buffer.from(':').toString('base64')}`],
    ['a very long email', `Basic ${Buffer.from(`${'a'.repeat(6000)}:b`).toString('base64')}`],
  ])('a login with %s is a 401 that asks for Basic', async (_what, authorization) => {
    const reply = await device.sendBare('POST', paths.login, authorization ? { authorization } : {})
    expectRefusal(reply, 401)
    expect(reply.headers['www-authenticate']).toMatch(/^Basic /)
  })

  test.each([
    ['GET', '/nowhere', 404],
    ['PUT', paths.whoami, 405],
    ['GET', paths.login, 405],
    ['PROPFIND', paths.me, 405],
    ['GET', '/posts/abc', 404],
    ['GET', '/posts/%00', 404],
    ['GET', '/posts/%E0%A4%A', 404],
    ['DELETE', '/auth/devices/1', 404],
    ['GET', '/users?limit=0', 400],
    ['GET', '/users?limit=101', 400],
    ['GET', '/users?limit=a', 400],
    ['GET', '/users?limit=1&limit=2', 400],
    ['GET', '/users?cursor=***', 400],
    ['GET', '/users?cursor=AA', 400],
    ['GET', '/posts?cursor=YWJj', 400],
    ['GET', '/posts?unknown=1', 400],
  ])('%s %s', async (method, path, expected) => {
    expectRefusal(await sendBody(path, undefined, {}, method), expected)
  })

  test('a private route without a credential is a 401 that says what to send', async () => {
    for (const path of [paths.whoami, paths.me, paths.users, paths.posts, paths.devices]) {
      const reply = await device.sendBare('GET', path)
      expectRefusal(reply, 401)
      expect(reply.body.code).toBe('missing_credential')
    }
    for (const path of [paths.logout, paths.logoutAll, paths.renewAccess, paths.rotateRefresh]) {
      expectRefusal(await device.sendBare('POST', path), 401)
    }
  })

  test('whatever is sent: no 500, and nothing is written', async () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constant('\ud800'))
    const field = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.jsonValue())
    const body = fc.oneof(
      fc.record({ nickname: field, email: field, password: field }, { requiredKeys: [] }),
      fc.record({ title: field, body: field }, { requiredKeys: [] }),
      fc.record({ nickname: field, password: field, currentPassword: field }, { requiredKeys: [] }),
      fc.jsonValue(),
    )
    const target = fc.constantFrom(
      ['POST', paths.register],
      ['POST', paths.posts],
      ['PATCH', paths.me],
      ['POST', paths.logoutAll.replace('all', 'x')],
    )
    await fc.assert(
      fc.asyncProperty(target, body, async ([method, path], value) => {
        const reply = await sendBody(path, JSON.stringify(value), JSON_TYPE, method)
        if (reply.status < 400) return
        expectRefusal(reply)
        const { email } = (value ?? {}) as { email?: unknown }
        if (path === paths.register && typeof email === 'string' && !email.includes('\0')) {
          expect(await usersOf(email.trim().toLowerCase())).toBe(0)
        }
      }),
      { numRuns: 300 },
    )
  }, 60_000)

  test('what is accepted comes back as it was: nicknames, posts, in every script', async () => {
    const nickname = fc.string({ unit: 'grapheme', minLength: 2, maxLength: 12 })
    const content = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(nickname, content, async (name, text) => {
        const renamed = await device.send('PATCH', paths.me, { nickname: name })
        expect([200, 400, 409]).toContain(renamed.status)
        if (renamed.status === 200) {
          expect(renamed.body.user.nickname).toBe(name.trim().normalize('NFC'))
        }
        const post = await device.send('POST', paths.posts, { title: 'T', body: text })
        expect([201, 400]).toContain(post.status)
        if (post.status === 201) expect(post.body.post.body).toBe(text)
      }),
      { numRuns: 100 },
    )
  }, 60_000)

  test('any credential header: no 500, and nobody gets in', async () => {
    const value = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.base64String({ maxLength: 200 }).map((it) => `Basic ${it}`),
      fc.string({ maxLength: 200 }).map((it) => `Bearer ${it}`),
      fc
        .array(fc.base64String(), { minLength: 3, maxLength: 3 })
        .map((it) => `Bearer ${it.join('.')}`),
      fc.string({ maxLength: 200 }).map((it) => `sid=${it}; sid.sig=${it}`),
    )
    const target = fc.constantFrom(
      ['GET', paths.whoami],
      ['POST', paths.login],
      ['POST', paths.rotateRefresh],
      ['POST', paths.logout],
    )
    const name = fc.constantFrom('authorization', 'cookie')
    const printable = (it: string): string => it.replaceAll(/[^\x20-\x7e]/g, '?')
    await fc.assert(
      fc.asyncProperty(target, name, value, async ([method, path], header, it) => {
        const reply = await device.sendBare(method, path, {
          [header]: printable(it),
        })
        expectRefusal(reply, 401)
      }),
      { numRuns: 300 },
    )
  }, 60_000)

  test.each([
    ['headers over 16 KiB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(17_000)}\r\n\r\n`, 431],
    ['an unknown method', 'BREW / HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['no HTTP', 'HELLO\r\n\r\n', 400],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
    ],
    ['no Host', 'GET /health/live HTTP/1.1\r\n\r\n', 400],
    ['Expect: magic', 'GET / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n\r\n', 417],
  ])('below HTTP: %s', async (_what, bytes, expected) => {
    const answer = await sendBytes(server.url, bytes)
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${expected} `))
    expect(answer).toContain('application/problem+json')
  })
})

function credentialHeaders(device: Device): Record<string, string> {
  const isCookie = device.access.startsWith('sid=')
  return isCookie ? { cookie: device.access } : { authorization: `Bearer ${device.access}` }
}

async function sendBytes(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.end(bytes)
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  return answer
}

test('an account that was refused does not exist', async () => {
  const server = await startServer(strategy('jwt-rotating'))
  const account = { ...newAccount(), password: 'short' }
  expectRefusal(await new Device(server).register(account), 400)
  expectRefusal(await new Device(server).login(account), 401)
  await server.stop()
})
