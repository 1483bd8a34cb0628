import { paths } from '@session-vs-jwt/http-contract'
import { expect, test } from 'vitest'
import { strategy } from '../contract/matrix.js'
import { Device, newAccount, registered } from '../device.js'
import { startServer } from '../start-server.js'
import { tryLogin } from './try-login.js'

test('no account is there before somebody registers it [ASVS 6.3.2]', async () => {
  const server = await startServer(strategy('session-redis'), { env: { LOGIN_FAILURES: '1000' } })
  for (const name of ['admin', 'root', 'sa', 'test', 'guest', 'demo', 'user', 'postgres']) {
    for (const domain of ['', '@example.org', '@localhost', '@example.com']) {
      for (const password of ['', name, 'password', 'admin', 'changeme']) {
        expect((await tryLogin(server, name + domain, password)).status).toBe(401)
      }
    }
  }
  const { device } = await registered(server)
  const { body } = await device.send('GET', `${paths.users}?limit=100`)
  const known = body.users.map(({ nickname }: { nickname: string }) => nickname.toLowerCase())
  for (const name of ['admin', 'root', 'administrator', 'test', 'demo']) {
    expect(known).not.toContain(name)
  }
  await server.stop()
})

test('a password is compared as it was sent, and nothing of it is left out [ASVS 6.2.8]', async () => {
  const server = await startServer(strategy('session-redis'), { env: { LOGIN_FAILURES: '1000' } })
  const account = { ...newAccount(), password: ' Mixed Case\tand\u00a0space \u{1f511}' }
  expect((await new Device(server).register(account)).status).toBe(201)
  const { email, password } = account
  const others = [
    password.trim(),
    password.toLowerCase(),
    password.toUpperCase(),
    password.replaceAll(/\s/g, ' '),
    password.normalize('NFKC'),
    `${password} `,
    `${password}\0`,
    `${password}\0x`,
    password.slice(0, -2),
    encodeURIComponent(password),
  ]
  for (const other of others) {
    expect((await tryLogin(server, email, other)).status, JSON.stringify(other)).toBe(401)
  }
  expect((await tryLogin(server, email, password)).status).toBe(200)
  await server.stop()
})

test('a password is as good after ten years as on the first day [ASVS 6.2.10]', async () => {
  const server = await startServer(strategy('session-redis'))
  const { account } = await registered(server)
  server.clock.advance(10 * 365 * 86_400)
  const device = new Device(server)
  expect((await device.login(account)).status).toBe(200)
  expect((await device.send('GET', paths.me)).status).toBe(200)
  await server.stop()
})
