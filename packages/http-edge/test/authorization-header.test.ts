import { describe, expect, test } from 'vitest'
import { Problem } from '@session-vs-jwt/http-contract'
import { parseBasic, parseBearer } from '../src/authorization-header.js'

const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64')
const basic = (userPass: string | Uint8Array): string => `Basic ${base64(userPass)}`

const problemOf = (parse: () => unknown): Problem => {
  try {
    parse()
  } catch (error) {
    expect(error).toBeInstanceOf(Problem)
    return error as Problem
  }
  throw new Error('was accepted')
}

describe('a Basic header (RFC 7617)', () => {
  test.each([
    ['the example of RFC 7617, section 2', 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==', 'open sesame'],
    ['a scheme in any case (RFC 9110, section 11.1)', 'bAsIc QWxhZGRpbjpvcGVu', 'open'],
    ['several spaces (RFC 9110, section 11.4)', 'Basic   QWxhZGRpbjpvcGVu', 'open'],
    ['missing padding', 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ', 'open sesame'],
  ])('is read with %s', (_what, header, password) => {
    expect(parseBasic(header)).toStrictEqual({ email: 'aladdin', password })
  })

  test.each([
    ['colons', 'pass:word::'],
    ['a colon at its beginning', ':password'],
    ['spaces around it', '  password  '],
    ['UTF-8', 'p\u00e4ssw\u00f6rd \u20ac \u{1f511}'],
    ['a letter that is not composed', 'e\u0301'],
    ['a byte order mark', '\ufeffpassword'],
    ['line ends, a NUL and other control characters', 'a\r\nb\0c\u007fd'],
    ['upper case', 'PASSword'],
    ['nothing in it', ''],
  ])('gives the password as it is, with %s', (_what, password) => {
    expect(parseBasic(basic(`a@example.org:${password}`))).toStrictEqual({
      email: 'a@example.org',
      password,
    })
  })

  test('gives the email as registration keeps it: lower case, no space around it', () => {
    expect(parseBasic(basic(' A@Example.ORG :x')).email).toBe('a@example.org')
  })

  test('leaves an email that registration refuses as it is: it must not become another one', () => {
    expect(parseBasic(basic('\u212a@example.org:x')).email).toBe('\u212a@example.org')
  })

  test.each([
    ['another scheme', 'Bearer QWxhZGRpbjpvcGVu'],
    ['the scheme alone', 'Basic'],
    ['no text', 'Basic '],
    ['an empty header', ''],
    ['no scheme', 'QWxhZGRpbjpvcGVu'],
    ['no space', 'BasicQWxhZGRpbjpvcGVu'],
    ['two texts', 'Basic QWxhZGRpbjpvcGVu QWxhZGRpbjpvcGVu'],
    ['parameters', 'Basic realm="login"'],
    ['no colon', basic('no colon here')],
    ['a control character in the user id (RFC 7617, section 2)', basic('a\0b:password')],
    ['a line end in the user id', basic('a\r\nb:password')],
    ['base64url', 'Basic YTo_Pj8-'],
    ['bits after the last byte (RFC 4648, section 3.5)', 'Basic YTpiYx=='],
    ['padding within', 'Basic YTo=Yg=='],
    ['three padding characters', 'Basic YTpiYw==='],
    ['characters outside base64 (RFC 4648, section 3.3)', 'Basic YTpi\u00e4Yw=='],
    ['a length that no bytes give', 'Basic YTpiY'],
    ['ISO 8859-1 in place of UTF-8', basic(Buffer.from('a:p\u00e4ss', 'latin1'))],
    ['UTF-8 that is too long for its character', basic(Buffer.from([0x61, 0x3a, 0xc0, 0x80]))],
    ['half of a surrogate pair in UTF-8', basic(Buffer.from([0x61, 0x3a, 0xed, 0xa0, 0x80]))],
  ])('with %s is a 401 that asks for Basic', (_what, header) => {
    const problem = problemOf(() => parseBasic(header))
    expect(problem).toMatchObject({ code: 'invalid_credential', status: 401 })
    expect(problem.headers['WWW-Authenticate']).toBe('Basic realm="login", charset="UTF-8"')
  })

  test('that is missing is a 401 that asks for Basic', () => {
    const problem = problemOf(() => parseBasic(undefined))
    expect(problem).toMatchObject({ code: 'missing_credential', status: 401 })
    expect(problem.headers['WWW-Authenticate']).toBe('Basic realm="login", charset="UTF-8"')
  })

  test('is not repeated in the answer', () => {
    const problem = problemOf(() => parseBasic(`Basic ${base64('canary')}`))
    expect(JSON.stringify([problem, problem.headers])).not.toMatch(/canary|Y2FuYXJ5/)
  })
})

describe('a Bearer header (RFC 6750, section 2.1)', () => {
  test.each([
    ['Bearer abc.def-ghi_jkl', 'abc.def-ghi_jkl'],
    ['bEaReR abc', 'abc'],
    ['Bearer   abc', 'abc'],
    ['Bearer a~b+c/d==', 'a~b+c/d=='],
  ])('%s holds %s', (header, token) => {
    expect(parseBearer(header)).toBe(token)
  })

  test.each([
    ['another scheme', 'Basic abc'],
    ['the scheme alone', 'Bearer'],
    ['no token', 'Bearer '],
    ['an empty header', ''],
    ['no scheme', 'abc.def.ghi'],
    ['no space', 'Bearerabc'],
    ['two tokens', 'Bearer abc def'],
    ['two headers that were joined', 'Bearer abc, Bearer def'],
    ['quotes', 'Bearer "abc"'],
    ['padding within', 'Bearer a=b'],
    ['padding alone', 'Bearer =='],
    ['a letter outside ASCII', 'Bearer \u00e4bc'],
    ['a line end', 'Bearer abc\n'],
  ])('with %s is a 401', (_what, header) => {
    expect(problemOf(() => parseBearer(header))).toMatchObject({
      code: 'invalid_credential',
      status: 401,
    })
  })

  test('that is missing is a 401 with another code', () => {
    expect(problemOf(() => parseBearer(undefined))).toMatchObject({
      code: 'missing_credential',
      status: 401,
    })
  })

  test('is not repeated in the answer', () => {
    const problem = problemOf(() => parseBearer('Bearer canary canary'))
    expect(JSON.stringify([problem, problem.headers, problem.message])).not.toContain('canary')
  })
})

test.each(['YTpi=', 'YTpi==', 'YTpiYw='])('padding that does not fit is a 401: %s', (encoded) => {
  expect(() => parseBasic(`Basic ${encoded}`)).toThrow(
    expect.objectContaining({ code: 'invalid_credential' }),
  )
})
