import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '../start-server.js'
import { strategy } from './matrix.js'

describe.each([strategy('session-redis'), strategy('jwt-rotating')])('$id', (it) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer(it)
  })
  afterAll(async () => server?.stop())

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
  ])('%s', async (_what, bytes, expected) => {
    const answer = await sendBytes(server.url, bytes)
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${expected} `))
    expect(answer).toContain('application/problem+json')
  })
})

async function sendBytes(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.end(bytes)
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  return answer
}
