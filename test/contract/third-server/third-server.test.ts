import { readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { paths } from '@session-vs-jwt/http-contract'
import { afterEach, expect, test } from 'vitest'
import { Device, loggedIn, registered, type Target } from '../../device.js'
import { startThirdServer, type ThirdServer } from './third-server.js'

const started: ThirdServer[] = []

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()))
})

/** A third server, as devices know it. */
async function start(port?: number): Promise<ThirdServer & Target> {
  const server = await startThirdServer({ bcryptCost: 4, ...(port !== undefined && { port }) })
  started.push(server)
  return { ...server, strategy: { server: 'session' } }
}

test('a login, from registration to logout', async () => {
  const server = await start()
  const { device, account } = await registered(server)
  const other = await loggedIn(server, account)
  expect((await device.whoami()).body.email).toBe(account.email)
  expect((await device.devices()).body.devices).toHaveLength(2)
  const post = await device.send('POST', paths.posts, { title: 'First', body: 'Text' })
  expect([post.status, (await other.send('GET', paths.posts)).body.posts]).toEqual([
    201,
    [post.body.post],
  ])
  const old = device.copy()
  expect([(await device.renew()).status, (await device.rotate()).status]).toEqual([200, 200])
  expect([(await old.whoami()).status, (await device.whoami()).status]).toEqual([401, 200])
  const left = device.copy()
  expect([(await device.logout()).status, (await left.whoami()).status]).toEqual([204, 401])
  expect([(await left.logout()).status, (await other.whoami()).status]).toEqual([204, 200])
})

test('each server has users of its own, and forgets them when it stops', async () => {
  const [first, second] = [await start(), await start()]
  const { account } = await registered(first)
  expect((await new Device(second).login(account)).status).toBe(401)
  await first.stop()
  await expect(new Device(first).login(account)).rejects.toThrow('ECONNREFUSED')
  const again = await start(Number(new URL(first.url).port))
  expect((await new Device(again).login(account)).status).toBe(401)
  expect((await new Device(again).register(account)).status).toBe(201)
})

test('a taken port is an error', async () => {
  const { url } = await start()
  await expect(start(Number(new URL(url).port))).rejects.toThrow('EADDRINUSE')
})

test('it stops at once, also while a client is in the middle of a request', async () => {
  const server = await start()
  const client = connect(Number(new URL(server.url).port), '127.0.0.1')
  client.write(`POST ${paths.register} HTTP/1.1\r\nHost: localhost\r\n`)
  const told = client.setEncoding('utf8').toArray()
  // An answer on another connection: the server has seen the first one.
  expect((await new Device(server).send('GET', paths.live)).body).toEqual({ status: 'live' })
  await server.stop()
  // A server that waits for the rest of the request would say 408 in the end.
  expect(await told).toEqual([])
})

test('it stands on Node.js, Hono, zod and bcrypt alone: nothing of the workbench is in it', async () => {
  const folder = import.meta.dirname
  const files = (await readdir(folder)).filter((name) => !name.endsWith('.test.ts'))
  const sources = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
  const imported = sources.flatMap((it) =>
    [...it.matchAll(/from '([^']+)'/g)].map(([, name]) => name),
  )
  expect(imported.length).toBeGreaterThan(files.length)
  const allowed = /^(\.\/[a-z-]+\.js|node:.+|hono(\/.+)?|@hono\/node-server|zod|bcrypt)$/
  for (const name of imported) expect(name).toMatch(allowed)
})
