import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { paths } from '@session-vs-jwt/http-contract'
import { describe, expect, test } from 'vitest'
import { registered } from '../device.js'
import { strategy } from './matrix.js'
import { startProcess } from './server-process.js'

const CONNECTIONS = 4

function request(line: string, headers: readonly string[] = [], body = ''): string {
  return [`${line} HTTP/1.1`, 'Host: a', ...headers, '', body].join('\r\n')
}

const BODY = ['Content-Type: application/json', 'Content-Length: 100']
const NOT_HTTP = 'HELLO\r\n\r\n'

/** What a client sends in one piece before it disconnects. */
const SENT: readonly (readonly [what: string, bytes: (credential: string) => string])[] = [
  ['pipelined requests', () => request(`GET ${paths.live}`).repeat(30)],
  ['long answers', () => request(`GET ${paths.openapi}`).repeat(60)],
  ['refusals', () => request('GET /nowhere').repeat(30)],
  ['requests that ask a store', (it) => request(`GET ${paths.me}`, [it]).repeat(10)],
  ['half of a body', (it) => request(`POST ${paths.posts}`, [it, ...BODY], '{"title"')],
  ['requests and garbage', () => request(`GET ${paths.live}`).repeat(10) + NOT_HTTP],
  ['slow requests and garbage', (it) => request(`GET ${paths.me}`, [it]).repeat(4) + NOT_HTTP],
  ['a failed expectation', () => request('GET /', ['Expect: magic']).repeat(10)],
]

/** How it disconnects. */
const ENDS: readonly (readonly [how: string, end: (socket: Socket) => unknown])[] = [
  ['a reset at once', (socket) => socket.resetAndDestroy()],
  ['a reset after 5 ms', async (socket) => delay(5).then(() => socket.resetAndDestroy())],
  ['a reset after the first bytes', resetAfterFirstBytes],
  ['a close', (socket) => socket.destroy()],
  ['a half-close and a reset', (socket) => socket.end(() => socket.resetAndDestroy())],
]

async function resetAfterFirstBytes(socket: Socket): Promise<void> {
  socket.resume()
  await Promise.race([once(socket, 'data'), once(socket, 'close'), delay(100)])
  socket.resetAndDestroy()
}

/** Sends `bytes` on a new connection and returns when it is gone. */
async function sendAndLeave(
  url: string,
  bytes: string,
  end: (socket: Socket) => unknown,
): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').pause()
  // The server may be the first to close.
  socket.on('error', () => undefined)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await once(socket, 'connect')
  socket.write(bytes)
  await end(socket)
  await closed
}

describe.each(['session-redis', 'session-cookie', 'jwt-rotating'])('%s', (id) => {
  test('clients that disconnect leave no errors in the log, and every line is JSON', async () => {
    const it = strategy(id)
    const { server, readWholeLog } = await startProcess(it, { LOG_LEVEL: 'debug' })
    const { device } = await registered(server)
    const credential = `${it.server === 'jwt' ? 'Authorization: Bearer' : 'Cookie:'} ${device.access}`
    for (const [, bytes] of SENT) {
      for (const [, end] of ENDS) {
        const clients = Array.from({ length: CONNECTIONS }, async () =>
          sendAndLeave(server.url, bytes(credential), end),
        )
        await Promise.all(clients)
      }
    }
    expect((await device.send('GET', paths.live)).status).toBe(200)
    const lines = (await readWholeLog()).split('\n').filter(Boolean)
    expect(lines.filter((line) => !line.startsWith('{'))).toEqual([])
    const logged = lines.map((line) => JSON.parse(line) as { level: number; msg: string })
    expect(logged.filter(({ level }) => level >= 50)).toEqual([])
    expect(logged.map(({ msg }) => msg)).toContain('client disconnected')
  })
})
