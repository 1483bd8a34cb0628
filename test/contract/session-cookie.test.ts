import { randomBytes } from 'node:crypto'
import { CookieClient, CookieJar } from '@session-vs-jwt/workbench'
import { describe, expect, test } from 'vitest'
import { Device, registered } from '../device.js'
import { startServer, type TestServer } from '../start-server.js'
import { strategy } from './matrix.js'

describe('session-cookie', () => {
  test('the cookie can be read, and not changed', async () => {
    const server = await startServer(strategy('session-cookie'))
    const { device, account } = await registered(server)
    const { jar } = device.client as CookieClient
    const [, value = '', signature = ''] = /sid=([^;]+); sid\.sig=([^;]+)/.exec(device.access) ?? []
    const session = JSON.parse(Buffer.from(value, 'base64url').toString())
    expect(session.email).toBe(account.email)
    expect(jar.has('sid.sig')).toBe(true)
    const forged = Buffer.from(JSON.stringify({ ...session, userId: 'x' })).toString('base64url')
    const cookies = (sid: string, sig?: string): Device => {
      const both = [
        ['sid', sid] as const,
        ...(sig === undefined ? [] : [['sid.sig', sig] as const]),
      ]
      return new Device(new CookieClient(server.url, new CookieJar(both)))
    }
    expect((await cookies(value, signature).whoami()).status).toBe(200)
    expect((await cookies(forged, signature).whoami()).status).toBe(401)
    expect((await cookies(value, '').whoami()).status).toBe(401)
    expect((await cookies(value).logout()).status).toBe(401)
    await server.stop()
  })

  test('a key before the present one still verifies; a foreign one does not', async () => {
    const [old, present] = [randomBytes(32), randomBytes(32)].map((it) => it.toString('base64url'))
    const start = (env: Record<string, string | undefined>): Promise<TestServer> =>
      startServer(strategy('session-cookie'), { env })
    const before = await start({ SESSION_COOKIE_SECRET: old })
    const after = await start({
      SESSION_COOKIE_SECRET: present,
      SESSION_COOKIE_PREVIOUS_SECRET: old,
    })
    const foreign = await start({ SESSION_COOKIE_SECRET: present })
    const { device } = await registered(before)
    expect((await device.at(after).whoami()).status).toBe(200)
    expect((await device.at(foreign).whoami()).status).toBe(401)
    await Promise.all([before.stop(), after.stop(), foreign.stop()])
  })
})
