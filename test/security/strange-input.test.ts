import { paths } from '@session-vs-jwt/http-contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { strategy } from '../contract/matrix.js'
import { type Answer, Device, newAccount, registered } from '../device.js'
import { startServer, type TestServer } from '../start-server.js'

const JSON_TYPE = { 'content-type': 'application/json' }

/** A refusal in the form of every other one: no 500, no page, no silence. */
function expectRefused(answer: Answer, what: string, ...statuses: readonly number[]): void {
  expect(statuses.length > 0 ? statuses : [400, 401, 404, 405, 413, 415, 431], what).toContain(
    answer.status,
  )
  expect(answer.headers['content-type'], what).toMatch(/^application\/problem\+json/)
  expect(answer.body.status, what).toBe(answer.status)
}

/** Names that reach into objects, where code merges or looks up without care. */
const POISON = [
  '__proto__',
  'constructor',
  'prototype',
  '__defineGetter__',
  'toString',
  'hasOwnProperty',
]

const MARK = 'wasPolluted'
const isPolluted = (): boolean => MARK in {}

describe.each(['session-redis', 'session-cookie', 'jwt-denylist'])('%s', (id) => {
  let server: TestServer
  let device: Device
  beforeAll(async () => {
    server = await startServer(strategy(id))
    ;({ device } = await registered(server))
  })
  afterAll(async () => server.stop())

  test('bodies: keys that reach into objects change nothing [ASVS 15.3.6, ASVS 15.3.3]', async () => {
    const poisoned = POISON.flatMap((name) => [
      `{"${name}":{"${MARK}":true}}`,
      `{"title":"T","body":"B","${name}":{"${MARK}":true}}`,
      `{"title":{"${name}":{"${MARK}":true}},"body":"B"}`,
      `{"constructor":{"prototype":{"${MARK}":true}},"${name}":1}`,
    ])
    for (const body of poisoned) {
      for (const [method, path] of [
        ['POST', paths.posts],
        ['POST', paths.register],
        ['PATCH', paths.me],
      ] as const) {
        expectRefused(await device.sendBody(method, path, body, JSON_TYPE), body, 400)
        expect(isPolluted()).toBe(false)
      }
    }
    const { body: me } = await device.send('GET', paths.me)
    const taken = { id: 'x', role: 'admin', isAdmin: true, createdAt: 'x', email: 'x@example.org' }
    for (const [field, value] of Object.entries(taken)) {
      const json = { nickname: 'a new one', [field]: value }
      expectRefused(await device.send('PATCH', paths.me, json), field, 400)
    }
    expect((await device.send('GET', paths.me)).body).toEqual(me)
  })

  test('bodies: of other types, numbers, nesting and bytes than they should have [ASVS 15.3.5]', async () => {
    const texts = [
      '{"title":["T"],"body":"B"}',
      '{"title":{"toString":"T"},"body":"B"}',
      '{"title":true,"body":1e999}',
      '{"title":-0,"body":null}',
      '{"title":"T","body":{"$gt":""}}',
      '{"title":"T","body":"\\ud800"}',
      '{"title":"T","body":"\\u0000"}',
      '{"title":"\\u0000","body":"B"}',
      '{"title":"T","body":"B"}{"title":"T","body":"B"}',
      '{"title":"T","body":"B",}',
      "{'title':'T','body':'B'}",
      '{"title":"T","body":"B"} // comment',
      '{"title":"T","body":"B\u0007"}',
      '{"title":NaN,"body":"B"}',
      '{title:"T",body:"B"}',
      `{"title":"T","body":"B","a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
      `{"title":"T","body":"B","a":${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}}`,
      `{${Array.from({ length: 1_500 }, (_, i) => `"${i}":1`).join()}}`,
      `{"title":"${'T'.repeat(121)}","body":"B"}`,
      `{"title":"T","body":"${'B'.repeat(5_001)}"}`,
      `{"title":"T","body":"B","n":${'9'.repeat(10_000)}}`,
      '"text"',
      '17',
      'true',
      '',
      ' ',
      '\0',
    ]
    for (const text of texts) {
      const answer = await device.sendBody('POST', paths.posts, text, JSON_TYPE)
      expectRefused(answer, text.slice(0, 60), 400)
    }
    expect((await device.send('GET', paths.posts)).body.posts).toEqual([])
  })

  test('bodies: a member that stands twice is refused, at any depth [RFC 8259 4]', async () => {
    const texts = [
      '{"title":"T","title":"T","body":"B"}',
      '{"title":"T","body":"B","body":"C"}',
      '{"title":"T","body":"B","\\u0062ody":"C"}',
      '{"title":"T","body":{"a":1,"a":2}}',
      '{"title":"T","body":[{"a":1},{"a":2,"b":{"c":1,"c":2}}]}',
    ]
    for (const text of texts) {
      const answer = await device.sendBody('POST', paths.posts, text, JSON_TYPE)
      expectRefused(answer, text, 400)
      expect(answer.body.code, text).toBe('malformed_json')
    }
    const same = '{"title":"title","body":"{\\"title\\":1,\\"title\\":2} title title"}'
    expect((await device.sendBody('POST', paths.posts, same, JSON_TYPE)).status).toBe(201)
  })

  test('paths: no spelling of a route is another route, and none gets around the guard [ASVS 4.1.4]', async () => {
    const bare = new Device(server)
    const spellings = [
      '/USERS/me',
      '/users/me/',
      '//users/me',
      '/users//me',
      '/health/live/..%2f..%2fusers/me',
      '/users/%6d%65',
      '/users/me%00',
      '/users/me%20',
      '/users/me;a=b',
      '/users/me.json',
      '/users%5cme',
      '/users/me%2f',
      '/users/me%23',
      '/users/me%3f',
    ]
    for (const path of spellings) {
      const answer = await bare.sendBare('GET', path)
      expectRefused(answer, path, 404)
    }
    const strange = ['/%', '/%zz', '/%ff', '/%c0%af', '/%u0041', `/${'a'.repeat(8_000)}`, '/\u007f']
    for (const path of strange) expectRefused(await bare.sendBare('GET', path), path, 404, 400)
    for (const name of ['..', '%2e%2e', '*', '%', "' OR 1=1 --", '$ne', '1e3', '-1', 'null']) {
      const path = `${paths.posts}/${encodeURI(name)}`
      expectRefused(await device.send('GET', path), path, 404, 400, 200)
    }
  })

  test('queries: repeated, nested, poisoned and endless parameters are named, and change nothing [ASVS 15.3.7, ASVS 15.3.6]', async () => {
    const queries = [
      'limit=1&limit=2',
      'limit[]=1',
      'limit[0]=1',
      'limit[__proto__][x]=1',
      `__proto__[${MARK}]=1`,
      `__proto__.${MARK}=1`,
      `constructor[prototype][${MARK}]=1`,
      '__proto__=1',
      'limit=1e1',
      'limit=0x10',
      'limit=-1',
      'limit=1.0',
      'limit=%31%00',
      'limit=%D9%A3',
      'limit=',
      'cursor=%00',
      'cursor=%ff',
      `cursor=${'A'.repeat(301)}`,
      `cursor=${'A'.repeat(8_000)}`,
      `cursor=${Buffer.from("' OR 1=1 --\0").toString('base64url')}`,
      Array.from({ length: 1_200 }, (_, i) => `a${i}=1`).join('&'),
    ]
    for (const query of queries) {
      for (const path of [paths.users, paths.posts]) {
        const answer = await device.send('GET', `${path}?${query}`)
        expectRefused(answer, query.slice(0, 60), 400)
        expect(isPolluted()).toBe(false)
      }
    }
  })

  test('cookies and headers: too many, too long, poisoned or empty open nothing and break nothing [ASVS 15.3.6]', async () => {
    const cookies = [
      ...POISON.map((name) => `${name}=1; sid=${name}`),
      Array.from({ length: 1_000 }, (_, i) => `a${i}=1`).join('; '),
      `sid=${'a'.repeat(12_000)}`,
      'sid',
      '=',
      ';;;;',
      'sid=;sid.sig=',
      'sid="; sid.sig="',
      'sid=%00',
      'sid=a,b',
      'sid=eyJfX3Byb3RvX18iOnsieCI6MX19; sid.sig=a',
      '$Version=1; sid=a; $Path=/',
    ]
    for (const cookie of cookies) {
      expectRefused(
        await device.sendBare('GET', paths.whoami, { cookie }),
        cookie.slice(0, 60),
        401,
      )
    }
    const authorizations = [
      ...POISON.map((name) => `${name} ${name}`),
      'Bearer',
      'Bearer ',
      'Bearer \t',
      `Bearer ${'a'.repeat(12_000)}`,
      `Bearer ${'.'.repeat(12_000)}`,
      `Basic ${'A'.repeat(12_000)}`,
      `Basic ${Buffer.from(`a:${'b'.repeat(8_000)}`).toString('base64')}`,
      'Basic',
      'Basic Og==',
      'Digest a=b',
      'Negotiate AAAA',
      ',',
    ]
    for (const authorization of authorizations) {
      for (const [method, path] of [
        ['GET', paths.whoami],
        ['POST', paths.login],
      ] as const) {
        const answer = await device.sendBare(method, path, { authorization })
        expectRefused(answer, authorization.slice(0, 40), 401, 429)
      }
    }
    expect(isPolluted()).toBe(false)
  })

  test('no text keeps a check busy: the longest that fits is refused at once [ASVS 15.3.5]', async () => {
    const long = 15_000
    const account = newAccount()
    const bodies = [
      { ...account, nickname: 'a'.repeat(long) },
      { ...account, nickname: 'a-'.repeat(long / 2) },
      { ...account, nickname: 'a\u0301'.repeat(long / 4) },
      { ...account, email: `${'a.'.repeat(long / 2)}@` },
      { ...account, email: 'a@'.repeat(long / 2) },
      { ...account, email: `a@${'a.'.repeat(long / 2)}` },
      { ...account, email: `a@${'a-'.repeat(long / 2)}` },
      { ...account, password: 'p'.repeat(long) },
      { ...account, password: '\u0344'.repeat(long / 4) },
    ]
    for (const json of bodies) {
      const startedAt = performance.now()
      expectRefused(
        await device.send('POST', paths.register, json),
        JSON.stringify(json).slice(0, 60),
        400,
      )
      // Some milliseconds, where a pattern that tries every way would take hours.
      expect(performance.now() - startedAt).toBeLessThan(2_000)
    }
    expect((await device.whoami()).status).toBe(200)
  })
})
