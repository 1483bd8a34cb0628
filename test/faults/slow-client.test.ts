import { readdir } from 'node:fs/promises'
import { paths } from '@session-vs-jwt/http-contract'
import { afterAll, beforeAll, describe, inject, test } from 'vitest'
import { type Device, registered } from '../device.js'
import { record, slowest, statusesOf } from './figures.js'
import { Load, timed, until } from './load.js'
import { RawConnection } from './raw-http.js'
import { type FaultServer, Stack } from './stack.js'

/** The limit of 5 s, and some for a busy machine. */
const CUT_WITHIN_MS = 5_500

let stack: Stack

beforeAll(async () => {
  const urls = { databaseUrl: inject('databaseUrl'), redisUrl: inject('redisUrl') }
  stack = await Stack.start({ strategies: ['session-redis', 'jwt-rotating'], own: [], ...urls })
})
afterAll(async () => stack?.stop())

const HEAD = `POST ${paths.register} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n`

const SLOWNESS = {
  silence: '',
  'a request line without an end': 'GET /auth/who',
  'headers without an end': `${HEAD}X-Slow: `,
  'a body without an end': `${HEAD}Content-Length: 100\r\n\r\n{"nickname":`,
  'a chunked body without an end': `${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\n{"nic`,
} as const

describe.concurrent.each(['session-redis', 'jwt-rotating'] as const)('%s: slow clients', (id) => {
  test('each is cut within five seconds with 408, leaves nothing behind, and disturbs nobody', async ({
    expect,
  }) => {
    const server = stack.server(id)
    const { device } = await registered(server)
    const before = await openSockets(server)
    const load = new Load([async () => timed('whoami', device.whoami)], 20)
    const kinds = Object.entries(SLOWNESS).flatMap((kind) => Array.from({ length: 20 }, () => kind))
    const connections = await Promise.all(
      kinds.map(async ([kind, text]) => {
        const connection = await RawConnection.open(server.url)
        connection.write(text)
        return { kind, connection }
      }),
    )
    const cut = await Promise.all(
      connections.map(async ({ kind, connection }) => {
        const { status, body } = await connection.reply()
        return { kind, ms: await connection.closed, status, code: body.code }
      }),
    )
    const answers = await load.stop()
    await record(
      Object.keys(SLOWNESS).map((kind) => {
        const own = cut.filter((it) => it.kind === kind)
        return {
          section: 'slow client',
          fault: kind,
          strategy: id,
          answers: statusesOf(own),
          slowestCutMs: slowest(own),
          whoamiMs: slowest(answers),
        }
      }),
    )

    expect(cut.filter(({ ms }) => ms > CUT_WITHIN_MS)).toEqual([])
    const answered = new Set(cut.map(({ kind, status, code }) => `${kind}: ${status} ${code}`))
    expect([...answered]).toEqual(Object.keys(SLOWNESS).map((it) => `${it}: 408 request_timeout`))
    expect(answers.filter(({ status, ms }) => status !== 200 || ms > 1_000)).toEqual([])
    await until(
      'all sockets are given back',
      async () => (await openSockets(server)) <= before + 2,
      2_000,
    )
    expect((await server.log()).includes('unexpected error')).toBe(false)
    expect(server.exit()).toBeUndefined()
  })

  test('one who sends a byte now and then is cut at the same time', async ({ expect }) => {
    const connection = await RawConnection.open(stack.server(id).url)
    connection.write(HEAD)
    const drip = setInterval(() => connection.write('x'), 100)
    const ms = await connection.closed
    clearInterval(drip)
    expect(ms).toBeLessThan(CUT_WITHIN_MS)
  })
})

describe.each(['session-redis', 'jwt-rotating'] as const)('%s: too much', (id) => {
  let device: Device

  beforeAll(async () => {
    ;({ device } = await registered(stack.server(id)))
  })

  test('headers over 16 KiB are a 431, and the server goes on', async ({ expect }) => {
    const padding = { 'x-padding': 'x'.repeat(16 * 1024) }
    const { status, headers, body } = await device.sendBare('GET', paths.live, padding)
    expect([status, headers['content-type'], body.code]).toEqual([
      431,
      'application/problem+json',
      'headers_too_large',
    ])
    expect((await device.whoami()).status).toBe(200)
  })

  test.for(['Content-Length: 20000\r\n\r\n', 'Transfer-Encoding: chunked\r\n\r\n4e20\r\n'])(
    'a body over 16 KiB is a 413, however it is announced: %j',
    async (framing, { expect }) => {
      const connection = await RawConnection.open(stack.server(id).url)
      connection.write(`${HEAD}${framing}${'x'.repeat(20_000)}`)
      const { status, headers, body } = await connection.reply()
      expect([status, headers['content-type'], body.code]).toEqual([
        413,
        'application/problem+json',
        'payload_too_large',
      ])
      expect((await device.whoami()).status).toBe(200)
    },
  )
})

/** Sockets of the server's process; where there is no /proc to count them in, none are seen. */
async function openSockets({ process: { pid } }: FaultServer): Promise<number> {
  const files = await readdir(`/proc/${pid}/fd`).catch(() => [])
  return files.length
}
