import { paths } from '@session-vs-jwt/http-contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { strategy } from '../contract/matrix.js'
import { Device, registered } from '../device.js'
import { RawConnection } from '../faults/raw-http.js'
import { startServer, type TestServer } from '../start-server.js'

/** What would be a request of its own, if the server thought that the one before it had ended. */
const HIDDEN = `GET ${paths.live} HTTP/1.1\r\nHost: a\r\n\r\n`
const POST = `POST ${paths.logout} HTTP/1.1\r\nHost: a\r\n`
const CHUNKED_END = '0\r\n\r\n'

/** Messages whose end two readers could see in two places (RFC 9112, sections 2.2, 5.1, 5.2, 6 and 7). */
const AMBIGUOUS: Readonly<Record<string, string>> = {
  'length and chunks': `${POST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKED_END}`,
  'chunks and length': `${POST}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n${CHUNKED_END}`,
  'two lengths': `${POST}Content-Length: 0\r\nContent-Length: 44\r\n\r\n`,
  'two equal lengths': `${POST}Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd`,
  'a list of lengths': `${POST}Content-Length: 0, 0\r\n\r\n`,
  'a length with a sign': `${POST}Content-Length: +4\r\n\r\nabcd`,
  'a negative length': `${POST}Content-Length: -1\r\n\r\n`,
  'a length in hex': `${POST}Content-Length: 0x4\r\n\r\nabcd`,
  'a length with a space': `${POST}Content-Length: 1 0\r\n\r\n`,
  'a length beyond all numbers': `${POST}Content-Length: 99999999999999999999\r\n\r\n`,
  'a coding that is none': `${POST}Transfer-Encoding: xchunked\r\n\r\n${CHUNKED_END}`,
  'identity as a coding': `${POST}Transfer-Encoding: identity\r\n\r\n`,
  'chunks that are not the last coding': `${POST}Transfer-Encoding: chunked, identity\r\n\r\n${CHUNKED_END}`,
  'chunks twice': `${POST}Transfer-Encoding: chunked, chunked\r\n\r\n${CHUNKED_END}`,
  'a coding in quotes': `${POST}Transfer-Encoding: "chunked"\r\n\r\n${CHUNKED_END}`,
  'a coding behind a vertical tab': `${POST}Transfer-Encoding:\x0bchunked\r\n\r\n${CHUNKED_END}`,
  'a space before the colon': `${POST}Transfer-Encoding : chunked\r\n\r\n${CHUNKED_END}`,
  'a space before the colon of a length': `${POST}Content-Length : 44\r\n\r\n`,
  'a folded line': `${POST}X: a\r\n Transfer-Encoding: chunked\r\n\r\n`,
  'a folded coding': `${POST}Transfer-Encoding:\r\n chunked\r\n\r\n${CHUNKED_END}`,
  'a first line that is folded': `POST ${paths.logout} HTTP/1.1\r\n Host: a\r\n\r\n`,
  'a bare line feed': `${POST}X: a\nContent-Length: 44\r\n\r\n`,
  'a bare carriage return': `${POST}X: a\rContent-Length: 44\r\n\r\n`,
  'a NUL in a value': `${POST}X: a\0b\r\n\r\n`,
  'a NUL in a name': `${POST}Content-Length\0: 44\r\n\r\n`,
  'a name that is none': `${POST}Content Length: 44\r\n\r\n`,
  'a line without a colon': `${POST}Content-Length 44\r\n\r\n`,
  'a chunk size with a sign': `${POST}Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n`,
  'a chunk size in 0x': `${POST}Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n`,
  'a chunk size beyond all numbers': `${POST}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n`,
  'a chunk longer than it says': `${POST}Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n${CHUNKED_END}`,
  'a chunk that ends in a bare line feed': `${POST}Transfer-Encoding: chunked\r\n\r\n1\r\na\n${CHUNKED_END}`,
  'a chunk size that ends in a bare line feed': `${POST}Transfer-Encoding: chunked\r\n\r\n1\na\r\n${CHUNKED_END}`,
  'two hosts': `POST ${paths.logout} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`,
  'no host': `POST ${paths.logout} HTTP/1.1\r\nX: a\r\n\r\n`,
  'two media types': `${POST}Content-Type: text/plain\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n`,
  'a version that is none': `POST ${paths.logout} HTTP/1.2x\r\nHost: a\r\n\r\n`,
  'a space in the path': `POST ${paths.logout} x HTTP/1.1\r\nHost: a\r\n\r\n`,
}

describe.each([['session-redis'], ['jwt-rotating']])('%s', (id) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer(strategy(id))
  })
  afterAll(async () => server.stop())

  test.each(Object.entries(AMBIGUOUS))(
    'a message with %s is a 400, and what follows it is not read [RFC 9112 11.2, ASVS 4.2.1, ASVS 3.4.4, ASVS 3.4.6]',
    async (_what, message) => {
      const connection = await RawConnection.open(server.url)
      connection.write(message + HIDDEN)
      await connection.closed
      const statuses = connection.received.match(/HTTP\/1\.1 \d{3}/g) ?? []
      // Where the head was in order it may be answered, before the body is seen to be wrong.
      expect(statuses.slice(0, -1).filter((it) => it !== 'HTTP/1.1 401')).toEqual([])
      expect(statuses.at(-1)).toBe('HTTP/1.1 400')
      const [refusal = ''] = connection.received.split('HTTP/1.1 400').slice(-1)
      expect(refusal).toContain('"code":"malformed_request"')
      expect(refusal).toMatch(/^X-Content-Type-Options: nosniff\r$/im)
      expect(refusal).toMatch(/^Content-Security-Policy: .*frame-ancestors 'none'\r$/im)
      expect(connection.received).not.toContain('"live"')
    },
  )

  test('a body that nobody reads is not taken for a request [RFC 9112 11.2]', async () => {
    const { device } = await registered(server)
    const { access } = device
    const credential =
      id === 'session-redis' ? `Cookie: ${access}` : `Authorization: Bearer ${access}`
    const hidden = `POST ${paths.logout} HTTP/1.1\r\nHost: a\r\n${credential}\r\n\r\n`
    const carriers = [
      `GET ${paths.live} HTTP/1.1\r\nHost: a\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
      `POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
      `POST ${paths.rotateRefresh} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n` +
        `${hidden.length.toString(16)}\r\n${hidden}\r\n${CHUNKED_END}`,
    ]
    for (const carrier of carriers) {
      const connection = await RawConnection.open(server.url)
      connection.write(
        `${carrier}GET ${paths.live} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      )
      await connection.closed
      const statuses = connection.received.match(/HTTP\/1\.1 \d{3}/g)
      expect(statuses, carrier).toHaveLength(2)
      expect(statuses?.at(-1)).toBe('HTTP/1.1 200')
    }
    expect((await device.renew()).status).toBe(200)
  })

  test('two credentials in one request are none [RFC 9110 5.3, RFC 6750 2]', async () => {
    const { device } = await registered(server)
    const header = id === 'session-redis' ? 'Cookie' : 'Authorization'
    const value = id === 'session-redis' ? device.access : `Bearer ${device.access}`
    const other = id === 'session-redis' ? 'sid=x' : 'Bearer x'
    for (const [one, two] of [
      [value, other],
      [other, value],
      [value, value],
    ]) {
      const connection = await RawConnection.open(server.url)
      connection.write(
        `GET ${paths.whoami} HTTP/1.1\r\nHost: a\r\n${header}: ${one}\r\n${header}: ${two}\r\nConnection: close\r\n\r\n`,
      )
      const { status } = await connection.reply()
      expect(status).toBe(id === 'session-redis' ? 401 : 400)
    }
    const login = await RawConnection.open(server.url)
    login.write(
      `POST ${paths.login} HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YTpi\r\nAuthorization: Basic YTpj\r\n\r\n`,
    )
    expect((await login.reply()).status).toBe(400)
  })

  test('no answer holds what a request put in its host, path or headers [RFC 9112 11.1, ASVS 4.1.3]', async () => {
    const mark = 'evil.example'
    const { device } = await registered(server)
    const headers = {
      host: mark,
      'x-forwarded-host': mark,
      'x-original-url': `/${mark}`,
      'x-rewrite-url': `/${mark}`,
      referer: `http://${mark}/`,
      origin: `http://${mark}`,
      'sec-fetch-site': 'same-origin',
    }
    const answers = [
      await device.send('POST', paths.posts, { title: 'T', body: 'B' }, headers),
      await device.send('GET', `/${mark}%0d%0aSet-Cookie:%20a=b`, undefined, headers),
      await device.send('GET', `${paths.posts}/${mark}`, undefined, headers),
      await device.send('GET', `//${mark}/..%2f`, undefined, headers),
      await new Device(server).sendBare('GET', paths.whoami, { ...headers, authorization: mark }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([201, 404, 404, 404, 401])
    for (const answer of answers) {
      expect(JSON.stringify([answer.headers, answer.body])).not.toContain(mark)
      expect(answer.headers.location ?? '/').toMatch(/^\//)
    }
  })
})
