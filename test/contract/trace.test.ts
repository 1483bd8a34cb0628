import { randomBytes } from 'node:crypto'
import { paths } from '@session-vs-jwt/http-contract'
import { describe, expect, test } from 'vitest'
import { Device, loggedIn, newAccount, registered, type Reply } from '../device.js'
import { startServer } from '../start-server.js'
import { matrix, strategy } from './matrix.js'
import { startProcess } from './server-process.js'

describe.each(matrix)('%s', (_label, it) => {
  test('Server-Timing counts hashing and signing, on refusals too, and can be switched off', async () => {
    const server = await startServer(it)
    const { device, account } = await registered(server)
    const timing = (reply: Reply, kind: string): string | undefined =>
      new RegExp(`${kind};desc="(\\d+)"`).exec(String(reply.headers['server-timing']))?.[1]
    expect(timing(await device.login(account), 'hash')).toBe('1')
    const refused = await new Device(server).login({ ...account, password: 'a wrong password' })
    expect([refused.status, timing(refused, 'hash')]).toEqual([401, '1'])
    const signs = it.server === 'jwt' || it.id === 'session-cookie'
    // Every request verifies its credential, also one that the server has seen before.
    for (let i = 0; i < 2; i += 1) {
      expect(Number(timing(await device.whoami(), 'sign')) > 0).toBe(signs)
    }
    await server.stop()
    const silent = await startServer(it, { env: { SERVER_TIMING: 'off' } })
    const reply = await new Device(silent).register(newAccount())
    expect([reply.status, reply.headers['server-timing']]).toEqual([201, undefined])
    await silent.stop()
  })
})

test('JWT_REMEMBER_VERIFIED: a token that was verified before reports no verification', async () => {
  const server = await startServer(strategy('jwt-rotating'), {
    env: { JWT_REMEMBER_VERIFIED: 'on' },
  })
  const { device } = await registered(server)
  const verifications = async () => {
    const { status, headers } = await device.whoami()
    return [status, /sign;desc="(\d+)"/.exec(String(headers['server-timing']))?.[1]]
  }
  expect(await verifications()).toEqual([200, '1'])
  expect(await verifications()).toEqual([200, '0'])
  await server.stop()
})

/** The events of a process come on a channel of their own, after the answers. */
const TOLD_WITHIN = { timeout: 120_000 }

/** Everything that a credential passes through, refusals and an unexpected error included; last a logout. */
async function useEverything(server: Parameters<typeof registered>[0]): Promise<string[]> {
  const { device, account } = await registered(server)
  const other = await loggedIn(server, account)
  const secrets = [account.password, device.access, device.refresh, other.access, other.refresh]
  const password = `a new one ${randomBytes(6).toString('hex')}`
  await device.send('PATCH', paths.me, { password, currentPassword: account.password })
  await device.renew()
  await device.rotate()
  secrets.push(password, device.access, device.refresh)
  await new Device(server).login({ ...account, password: `${password} no` })
  await device.sendBare('POST', paths.register, {}, { ...account, password: [password] })
  await device.sendBare('POST', paths.login, { authorization: `Basic ${password}` })
  await device.sendBare('GET', paths.whoami, { authorization: `Bearer ${device.access}x` })
  await device.sendBare('GET', paths.whoami, { cookie: `${device.access}x` })
  await device.logoutAll()
  await device.logout()
  const basic = Buffer.from(`${account.email}:${account.password}`).toString('base64')
  const cookies = secrets
    .flatMap((it) => it.split('; '))
    .map((it) => it.replace(/^sid(\.sig)?=/, ''))
  return [...secrets, ...cookies, basic].filter((it) => it.length > 8)
}

describe.each(['session-redis', 'session-cookie', 'jwt-denylist'])('%s, as a process', (id) => {
  test('no password, token or cookie is in the log at any level, nor in a masked event', async () => {
    const env = { LOG_LEVEL: 'trace', TRACE_EVENTS: 'masked' }
    const { server, events, readWholeLog } = await startProcess(strategy(id), env)
    const secrets = await useEverything(server)
    await expect.poll(() => events.at(-1)?.path, TOLD_WITHIN).toBe(paths.logout)
    const told = (await readWholeLog()) + JSON.stringify(events)
    expect(told).toContain('listening')
    for (const secret of secrets) expect(told.includes(secret), secret).toBe(false)
  })

  test('an event for each request tells method, path, status, headers and calls', async () => {
    const env = { LOG_LEVEL: 'silent', TRACE_EVENTS: 'whole' }
    const { server, events } = await startProcess(strategy(id), env)
    const { device } = await registered(server)
    await device.send('GET', paths.me)
    await expect.poll(() => events.length, TOLD_WITHIN).toBe(2)
    const [register, me] = events
    expect(register).toMatchObject({ method: 'POST', path: paths.register, status: 201 })
    expect(register?.calls.map((call) => call.kind)).toContain('hash')
    expect(me).toMatchObject({ method: 'GET', path: paths.me, status: 200 })
    expect(JSON.stringify(me?.requestHeaders)).toContain(device.access)
    const statements = me?.calls.filter((call) => call.kind === 'sql').map((call) => call.operation)
    expect(statements).toEqual([
      expect.stringMatching(/^SELECT id, nickname, .* FROM public\.users/),
    ])
    for (const call of me?.calls ?? []) {
      expect(call.startMs).toBeGreaterThanOrEqual(0)
      expect(call.startMs + call.durationMs).toBeLessThanOrEqual(me?.durationMs ?? 0)
    }
  })
})
