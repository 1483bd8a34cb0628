import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Problem, registerRequest } from '@session-vs-jwt/http-contract'
import { checked, readJson } from '../src/read-json.js'

const LIMIT = 16 * 1024
const JSON_TYPE = { 'content-type': 'application/json' }

function requestOf(
  body: string | Uint8Array | Readable,
  headers: Record<string, string> = JSON_TYPE,
): IncomingMessage {
  const stream = body instanceof Readable ? body : Readable.from([Buffer.from(body)])
  return Object.assign(stream, { headers }) as unknown as IncomingMessage
}

const read = (body: string | Uint8Array | Readable, headers?: Record<string, string>) =>
  readJson(requestOf(body, headers), z.unknown())

const problemOf = async (reading: Promise<unknown>): Promise<Problem> => {
  const error = await reading.then(
    () => new Error('was accepted'),
    (it: unknown) => it,
  )
  expect(error).toBeInstanceOf(Problem)
  return error as Problem
}

/** `depth` objects, each in the one before. */
const nested = (depth: number): string => '{"a":'.repeat(depth - 1) + '{}' + '}'.repeat(depth - 1)

describe('the media type of a body', () => {
  test.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json; charset="utf-8"',
    'application/json;',
  ])('%s is read', async (type) => {
    expect(await read('{"a":"\u20ac"}', { 'content-type': type })).toStrictEqual({ a: '\u20ac' })
  })

  test.each([
    '',
    'text/plain',
    'text/plain; application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'application/json-seq',
    'application/problem+json',
    'application/json; charset=iso-8859-1',
    'application/json; charset=utf-16',
    'application/json, text/plain',
  ])('%j is a 415 (RFC 9110, section 15.5.16)', async (type) => {
    const problem = await problemOf(read('{}', { 'content-type': type }))
    expect(problem).toMatchObject({ code: 'unsupported_media_type', status: 415 })
  })

  test('is asked for', async () => {
    expect((await problemOf(read('{}', {}))).status).toBe(415)
  })

  test.each(['gzip', 'br', 'deflate', 'gzip, identity'])(
    'with Content-Encoding %s is a 415 that says what is taken (RFC 9110, section 12.5.3)',
    async (encoding) => {
      const problem = await problemOf(read('{}', { ...JSON_TYPE, 'content-encoding': encoding }))
      expect(problem.status).toBe(415)
      expect(problem.headers['Accept-Encoding']).toBe('identity')
    },
  )

  test('with Content-Encoding identity is read', async () => {
    expect(await read('{}', { ...JSON_TYPE, 'content-encoding': 'identity' })).toStrictEqual({})
  })
})

describe('the size of a body', () => {
  const ofSize = (size: number): string => JSON.stringify('x'.repeat(size - 2))

  test('may be 16 KiB', async () => {
    expect(await read(ofSize(LIMIT))).toHaveLength(LIMIT - 2)
    const told = { ...JSON_TYPE, 'content-length': String(LIMIT) }
    expect(await read(ofSize(LIMIT), told)).toHaveLength(LIMIT - 2)
  })

  test('beyond 16 KiB by Content-Length is a 413 before anything is read', async () => {
    const body = new Readable({ read: () => expect.unreachable('the body was read') })
    const told = { ...JSON_TYPE, 'content-length': String(LIMIT + 1) }
    const problem = await problemOf(read(body, told))
    expect(problem).toMatchObject({ code: 'payload_too_large', status: 413 })
    expect(problem.headers['Connection']).toBe('close')
  })

  test('beyond 16 KiB by what arrives is a 413 too, without reading to the end', async () => {
    const whole = 1024 * 1024
    let sent = 0
    const long = new Readable({
      read() {
        sent += 1024
        this.push(sent > whole ? null : Buffer.alloc(1024, 0x20))
      },
    })
    const problem = await problemOf(read(long))
    expect(problem.status).toBe(413)
    expect(sent).toBeLessThan(whole / 4)
    long.destroy()
  })

  test('counts bytes, not characters', async () => {
    expect((await problemOf(read(JSON.stringify('\u20ac'.repeat(LIMIT / 3))))).status).toBe(413)
  })

  test('other than announced is a 400', async () => {
    const told = { ...JSON_TYPE, 'content-length': '100' }
    expect(await problemOf(read('{}', told))).toMatchObject({ code: 'malformed_request' })
  })

  test('of a body that breaks off is a 400', async () => {
    const broken = new Readable({ read: () => undefined })
    const reading = problemOf(read(broken))
    broken.destroy(new Error('aborted'))
    expect(await reading).toMatchObject({ code: 'malformed_request', status: 400 })
  })
})

describe('the JSON of a body (RFC 8259)', () => {
  test.each([
    ['nothing', ''],
    ['a word', 'hello'],
    ['a comma at the end', '{"a":1,}'],
    ['single quotes', "{'a':1}"],
    ['two values', '{}{}'],
    ['NaN', '{"a":NaN}'],
    ['a line end in a string', '{"a":"\n"}'],
    ['half a value', '{"a":'],
  ])('that is %s is a 400', async (_what, body) => {
    expect(await problemOf(read(body))).toMatchObject({ code: 'malformed_json', status: 400 })
  })

  test.each([
    ['ISO 8859-1', Buffer.from('{"a":"\u00e4"}', 'latin1')],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le')],
    ['an overlong NUL', Buffer.from([0x22, 0xc0, 0x80, 0x22])],
    ['half of a surrogate pair', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['half of a character', Buffer.from([0x22, 0xe2, 0x82, 0x22])],
  ])('in %s is a 400 (RFC 8259, section 8.1)', async (_what, bytes) => {
    expect(await problemOf(read(bytes))).toMatchObject({ code: 'malformed_json' })
  })

  test('keeps a character whose bytes arrive in two pieces', async () => {
    const bytes = Buffer.from('{"a":"\u20ac"}')
    const pieces = Readable.from([bytes.subarray(0, 7), bytes.subarray(7)])
    expect(await read(pieces)).toStrictEqual({ a: '\u20ac' })
  })

  test('may be 20 levels deep, and not 21', async () => {
    expect(await read(nested(20))).toBeTypeOf('object')
    expect(await read('['.repeat(20) + ']'.repeat(20))).toBeTypeOf('object')
    expect(await problemOf(read(nested(21)))).toMatchObject({ code: 'malformed_json' })
    const arrays = '['.repeat(21) + ']'.repeat(21)
    expect(await problemOf(read(arrays))).toMatchObject({ code: 'malformed_json' })
    const second = `{"a":{},"b":${nested(20)}}`
    expect(await problemOf(read(second))).toMatchObject({ code: 'malformed_json' })
  })

  test('as deep as fits in 16 KiB is a 400 like any other', async () => {
    const deep = '['.repeat(LIMIT / 2) + ']'.repeat(LIMIT / 2)
    expect(await problemOf(read(deep))).toMatchObject({ code: 'malformed_json', status: 400 })
  })

  test('is not repeated in the answer', async () => {
    const problem = await problemOf(read('{"password":"canary"'))
    expect(JSON.stringify([problem, problem.message])).not.toContain('canary')
  })
})

describe('the fields of a body', () => {
  const fieldsOf = async (body: string): Promise<string[]> => {
    const problem = await problemOf(readJson(requestOf(body), registerRequest))
    expect(problem).toMatchObject({ code: 'validation_failed', status: 400 })
    for (const error of problem.errors ?? []) expect(error.message).not.toBe('')
    return (problem.errors ?? []).map((it) => it.field)
  }
  const valid = '"nickname":"alice","email":"a@example.org","password":"x"'

  test('are all named when they are missing', async () => {
    expect(await fieldsOf('{}')).toStrictEqual(['nickname', 'email', 'password'])
  })

  test('are all named when they are wrong, beside those that are unknown', async () => {
    const body = '{"nickname":1,"email":"nowhere","password":null,"admin":true,"id":"1"}'
    expect(await fieldsOf(body)).toStrictEqual(['nickname', 'email', 'password', 'admin', 'id'])
  })

  test.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', ''])(
    'named %j are unknown like any other, and change no prototype',
    async (name) => {
      expect(await fieldsOf(`{${valid},${JSON.stringify(name)}:{"admin":true}}`)).toStrictEqual([
        name,
      ])
      expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
    },
  )

  test.each(['null', '[]', '"text"', '1', 'true'])('cannot stand in %s', async (body) => {
    expect(await fieldsOf(body)).toStrictEqual(['(body)'])
  })

  test.each([
    '{"a":1,"a":1}',
    '{"a":1,"b":{"c":1,"c":2}}',
    '[{"a":1},{"a":1,"a":2}]',
    '{"a":1,"\\u0061":2}',
    '{"__proto__":1,"__proto__":2}',
    '{"a:":1,"b\\":":2,"a:":3}',
  ])('that stand twice are a 400, wherever: %s (RFC 8259, section 4)', async (body) => {
    expect((await problemOf(read(body))).code).toBe('malformed_json')
  })

  test('that stand once are read, whatever colons and quotes are in them', async () => {
    const value = { 'a:"b\\': ':"\\":', c: [{ a: 1 }, { a: { a: [{ a: ':' }] } }], d: '\\' }
    expect(await read(JSON.stringify(value, undefined, 1))).toStrictEqual(value)
  })

  test('within others are named by their path', () => {
    const schema = z.strictObject({ outer: z.strictObject({ inner: z.string() }) })
    try {
      checked({ outer: { inner: 1 } }, schema)
      expect.unreachable()
    } catch (error) {
      expect((error as Problem).errors?.map((it) => it.field)).toStrictEqual(['outer.inner'])
    }
  })

  test('do not have their values repeated in the answer', async () => {
    const body = '{"nickname":"canary!!","email":"canary","password":["canary"]}'
    const problem = await problemOf(readJson(requestOf(body), registerRequest))
    expect(problem.errors).toHaveLength(3)
    expect(JSON.stringify([problem, problem.message])).not.toContain('canary')
  })
})
