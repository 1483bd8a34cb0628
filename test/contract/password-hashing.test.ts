import { connect } from 'node:net'
import { paths } from '@session-vs-jwt/http-contract'
import bcrypt from 'bcrypt'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Device, newAccount, registered } from '../device.js'
import { newDatabase } from '../new-database.js'
import { startServer, type TestServer } from '../start-server.js'
import { strategy } from './matrix.js'

const WRONG = 'a wrong password'

const servers = [strategy('session-redis'), strategy('jwt-rotating')]

afterEach(() => void vi.restoreAllMocks())

/** The servers run in this process, so their calls of bcrypt can be counted. */
function countRounds(): () => number {
  const compare = vi.spyOn(bcrypt, 'compare')
  const hash = vi.spyOn(bcrypt, 'hash')
  return () => {
    const costs = [
      ...compare.mock.calls.map(([, stored]) => bcrypt.getRounds(stored)),
      ...hash.mock.calls.map(([, cost]) => Number(cost)),
    ]
    vi.clearAllMocks()
    return costs.reduce((rounds, cost) => rounds + 2 ** cost, 0)
  }
}

describe.each(servers)('$id', (it) => {
  test('refusing a login takes the work of the highest stored cost, whoever it is', async () => {
    const DATABASE_URL = await newDatabase()
    const start = async (cost: string): Promise<TestServer> =>
      startServer(it, { env: { DATABASE_URL, BCRYPT_COST: cost } })
    const [high, today, low] = [await start('8'), await start('6'), await start('4')]
    const accounts = [high, today, low].map(async (at) => (await registered(at)).account)
    const [old, ...others] = await Promise.all(accounts)
    const rounds = countRounds()
    for (const account of [old, ...others, newAccount()]) {
      const refused = await new Device(today).login({
        ...newAccount(),
        ...account,
        password: WRONG,
      })
      expect([refused.status, rounds()]).toEqual([401, 2 ** 8])
    }
    // The right password is rehashed with the cost of today, and nobody pays for the old one any more.
    expect((await new Device(today).login(old ?? newAccount())).status).toBe(200)
    expect(rounds()).toBe(2 ** 8 + 2 ** 6)
    expect((await new Device(today).login(newAccount())).status).toBe(401)
    expect(rounds()).toBe(2 ** 6)
    await Promise.all([high, today, low].map(async (server) => server.stop()))
  })

  test('logins whose clients have left are not hashed, and a change of password does not wait for them', async () => {
    const DATABASE_URL = await newDatabase()
    const env = { DATABASE_URL }
    const server = await startServer(it, { env })
    const { device, account } = await registered(server)
    const genuine = bcrypt.compare.bind(bcrypt)
    let open = (): void => undefined
    const gate = new Promise<void>((resolve) => (open = resolve))
    const compare = vi.spyOn(bcrypt, 'compare').mockImplementation(async (...args: unknown[]) => {
      await gate
      return genuine(...(args as [string, string]))
    })
    const sockets = Array.from({ length: 20 }, () => sendLogin(server, newAccount().email))
    await vi.waitFor(() => expect(compare).toHaveBeenCalledTimes(2), 120_000)
    for (const socket of sockets) socket.destroy()
    // The server has seen them leave when it answers what came later.
    for (let n = 0; n < 3; n += 1) await device.send('GET', paths.live)
    open()
    const change = { password: 'a new and better one', currentPassword: account.password }
    expect((await device.send('PATCH', paths.me, change)).status).toBe(200)
    // Two were being checked, and the change has checked the current password.
    expect(compare.mock.calls.length).toBe(3)
    expect((await device.whoami()).status).toBe(200)
    await server.stop()
  })
})

/** A login as it goes over the line, from a client that can hang up. */
function sendLogin({ url }: TestServer, email: string): ReturnType<typeof connect> {
  const basic = Buffer.from(`${email}:${WRONG}`).toString('base64')
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write(
    `POST ${paths.login} HTTP/1.1\r\nHost: a\r\nAuthorization: Basic ${basic}\r\nContent-Length: 0\r\n\r\n`,
  )
  socket.on('error', () => undefined)
  return socket
}
