import { randomBytes, randomInt } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { describe, expect, test } from 'vitest'
import { RequestTrace, type TracedExchange } from '../src/request-trace.js'
import { type TraceDetail, type TraceEvent, traceEvents } from '../src/trace-events.js'

function eventOf(
  detail: TraceDetail,
  exchange: Partial<TracedExchange>,
  args: readonly unknown[] = [],
): TraceEvent {
  const trace = new RequestTrace()
  const call = { kind: 'redis', operation: 'GET', args, failed: false } as const
  if (args.length > 0) trace.record(call, performance.now())
  const events: TraceEvent[] = []
  const rest = { method: 'GET', path: '/', status: 200, requestHeaders: {}, responseHeaders: {} }
  traceEvents('test-server', detail, (event) => events.push(event))(trace, { ...rest, ...exchange })
  expect(events).toHaveLength(1)
  return events[0] as TraceEvent
}

const maskedRequest = (headers: Record<string, string>) =>
  eventOf('masked', { requestHeaders: headers }).requestHeaders
const maskedCookies = (lines: string[]) =>
  eventOf('masked', { responseHeaders: { 'set-cookie': lines } }).responseHeaders['set-cookie']
const maskedArgs = (args: readonly unknown[]) => eventOf('masked', {}, args).calls[0]?.args

/** A cookie value: any octet that RFC 6265, section 4.1.1 allows. */
const OCTETS = Array.from({ length: 94 }, (_, i) => String.fromCodePoint(33 + i))
  .filter((it) => !'",;\\'.includes(it))
  .join('')
const cookieValue = (): string =>
  Array.from({ length: 12 + randomInt(40) }, () => OCTETS[randomInt(OCTETS.length)]).join('')
const RUNS = 300

describe('a trace event', () => {
  test('says what was exchanged and called', () => {
    const event = eventOf('masked', { method: 'POST', path: '/auth/logout', status: 204 }, ['k:1'])
    expect(event).toMatchObject({
      type: 'request',
      server: 'test-server',
      method: 'POST',
      path: '/auth/logout',
      status: 204,
      calls: [{ kind: 'redis', operation: 'GET', failed: false }],
    })
    expect(event.endedAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    expect(event.durationMs).toBeGreaterThanOrEqual(0)
  })

  test('can be sent to another process', () => {
    const event = eventOf('whole', { requestHeaders: { cookie: 'sid=1' } }, ['session:1', 2, null])
    expect(structuredClone(event)).toStrictEqual(event)
    expect(JSON.parse(JSON.stringify(event))).toStrictEqual(event)
  })
})

describe('a masked event', () => {
  test('keeps the scheme of Authorization', () => {
    expect(maskedRequest({ authorization: 'Bearer abc.def.ghi' })).toStrictEqual({
      authorization: 'Bearer ***',
    })
    for (const credentials of ['YTpi', 'YTpiYw==', 'YTpiYzE=']) {
      expect(maskedRequest({ authorization: `Basic ${credentials}` })).toStrictEqual({
        authorization: 'Basic ***',
      })
    }
  })

  test.each([
    'canary',
    'canary==',
    'Digest username="canary", response="canary"',
    'canary canary',
    'Bearercanary',
    'a=canary; b=canary',
  ])('hides an Authorization of no known scheme whole: %s', (authorization) => {
    expect(maskedRequest({ authorization })).toStrictEqual({ authorization: '***' })
  })

  test.each([
    ['canary', '***'],
    ['canary; a=1', '***; a=***'],
    ['a = canary', '***'],
    ['=canary', '***'],
    ['path=canary; expires=canary', 'path=***; expires=***'],
    ['a="canary, b=canary"', 'a=***'],
    [`${'canary'.repeat(5)}=x`, '***'],
  ])('hides a cookie in an unusual form: %s', (cookie, masked) => {
    expect(maskedRequest({ cookie })).toStrictEqual({ cookie: masked })
  })

  test.each([
    ['canary; path=/', '***; path=/'],
    ['path=canary; path=/', 'path=***; path=/'],
    ['sid="canary, b=canary"; path=/', 'sid=***; path=/'],
  ])('hides a cookie that is set in an unusual form: %s', (line, masked) => {
    expect(maskedCookies([line])).toStrictEqual([masked])
  })

  test('keeps the names of cookies', () => {
    expect(maskedRequest({ cookie: 'sid=abc' })).toStrictEqual({ cookie: 'sid=***' })
    expect(maskedRequest({ cookie: 'a=1; __Host-sid=abc=; b=' })).toStrictEqual({
      cookie: 'a=***; __Host-sid=***; b=***',
    })
  })

  test('keeps names and attributes of Set-Cookie', () => {
    expect(
      maskedCookies([
        'sid=abc==; path=/; httponly; samesite=lax',
        '__Host-sid=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Secure; HttpOnly',
        'sid.sig=abc; domain=example.org; SameSite=Strict',
      ]),
    ).toStrictEqual([
      'sid=***; path=/; httponly; samesite=lax',
      '__Host-sid=***; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Secure; HttpOnly',
      'sid.sig=***; domain=example.org; SameSite=Strict',
    ])
  })

  test('leaves other headers as they are', () => {
    const headers = { 'content-type': 'application/json', 'content-length': 17, etag: 'a=b; c=d' }
    const event = eventOf('masked', { responseHeaders: headers })
    expect(event.responseHeaders).toStrictEqual(headers)
  })

  test('holds nothing of a random token or password', () => {
    for (let run = 0; run < RUNS; run += 1) {
      const bytes = randomBytes(9 + randomInt(40))
      const bearer = { authorization: `Bearer ${bytes.toString('base64url')}` }
      expect(maskedRequest(bearer)).toStrictEqual({ authorization: 'Bearer ***' })
      const basic = { authorization: `basic ${bytes.toString('base64')}` }
      expect(maskedRequest(basic)).toStrictEqual({ authorization: 'basic ***' })
    }
  })

  test('holds nothing of a random cookie, wherever it stands', () => {
    for (let run = 0; run < RUNS; run += 1) {
      const value = cookieValue()
      const cookie = [`a=1; sid=${value}`, `sid=${value}; a=1`, `sid=${value}`, `a=1;sid=${value}`]
      for (const header of cookie) {
        expect(JSON.stringify(maskedRequest({ cookie: header }))).not.toContain(
          JSON.stringify(value).slice(1, -1),
        )
      }
      expect(maskedCookies([`sid=${value}; path=/; httponly`])).toStrictEqual([
        'sid=***; path=/; httponly',
      ])
    }
  })

  test('keeps the kind of a key and hides whose it is', () => {
    expect(maskedArgs(['session:{abcd}:canary'])).toStrictEqual(['session:***'])
    expect(maskedArgs(['login-attempts:canary', '1', '900'])).toStrictEqual([
      'login-attempts:***',
      '***',
      '***',
    ])
  })

  test('hides every other argument whole', () => {
    const args = ['canary', 'sessions-of:canary', { toString: () => 'canary' }, 42, null, undefined]
    expect(maskedArgs(args)).toStrictEqual(args.map(() => '***'))
    for (const first of ['Canary:x', ':canary', 'canary canary:x', '{canary}:x', 'c4n4ry:x']) {
      expect(maskedArgs([first])).toStrictEqual(['***'])
    }
  })
})

describe('a whole event', () => {
  test('shows credentials and keys, for the lab on this machine', () => {
    const requestHeaders = { authorization: 'Basic YTpiYw==', cookie: 'sid=abc' }
    const responseHeaders = { 'set-cookie': ['sid=abc; path=/'] }
    const event = eventOf('whole', { requestHeaders, responseHeaders }, ['session:1', '{"a":1}'])
    expect(event).toMatchObject({ requestHeaders, responseHeaders })
    expect(event.calls[0]?.args).toStrictEqual(['session:1', '{"a":1}'])
  })

  test('cuts an argument that would be a flood', () => {
    const event = eventOf('whole', {}, ['x'.repeat(5_000)])
    expect(event.calls[0]?.args).toStrictEqual(['x'.repeat(400)])
  })
})
