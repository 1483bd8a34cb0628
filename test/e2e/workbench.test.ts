import { once } from 'node:events'
import { createServer } from 'node:net'
import { strategyById } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Device, loggedIn, newAccount } from '../device.js'
import { WorkbenchCommands } from './workbench-process.js'

let commands: WorkbenchCommands
beforeAll(async () => {
  commands = await WorkbenchCommands.prepare()
})
afterAll(async () => commands.remove())

const sessionServer = () => ({
  url: `http://127.0.0.1:${commands.env['SESSION_PORT']}`,
  strategy: strategyById('session-redis'),
})

test('start: both servers, the page, the tour; Ctrl-C ends all and keeps the data', async () => {
  const first = await commands.start()
  const page = await fetch(`http://127.0.0.1:${commands.env['WORKBENCH_PORT']}/`)
  expect([page.status, page.headers.get('content-type')]).toEqual([
    200,
    expect.stringMatching(/html/),
  ])

  const tour = commands.run('tour')
  expect([await tour.exit, tour.output()]).toEqual([0, expect.stringContaining('Every step gave')])

  const second = commands.run('start')
  expect([await second.exit, second.output()]).toEqual([1, expect.stringMatching(/running/)])

  // With one instance, there is nobody who could take over meanwhile.
  const restart = commands.run('rolling-restart')
  expect([await restart.exit, restart.output()]).toEqual([
    2,
    expect.stringContaining('There is one instance of each server'),
  ])

  const account = newAccount()
  await new Device(sessionServer()).register(account)
  first.child.kill('SIGINT')
  expect(await first.exit).toBe(0)
  for (const port of ['WORKBENCH_PORT', 'SESSION_PORT', 'JWT_PORT'] as const) {
    expect(await commands.answers(port), port).toBe(false)
  }

  const options = ['--session', 'session-postgres', '--jwt', 'jwt-denylist', '--quiet']
  const again = await commands.start(...options)
  await loggedIn(sessionServer(), account)
  again.child.kill('SIGTERM')
  expect(await again.exit).toBe(0)
}, 90_000)

test('start --tour: takes the tour, stops, and exits with its code', async () => {
  const options = ['--tour', '--jwt-alg', 'ES256', '--jwt', 'jwt-stateless']
  const { exit, output } = commands.run('start', ...options)
  expect([await exit, output()]).toEqual([0, expect.stringContaining('Every step gave')])
}, 60_000)

test('a port in use is named, with its variable, and nothing is started', async () => {
  const server = createServer().listen(Number(commands.env['JWT_PORT']), '127.0.0.1')
  await once(server, 'listening')
  const { exit, output } = commands.run('start')
  expect([await exit, output()]).toEqual([
    1,
    expect.stringMatching(
      new RegExp(`${commands.env['JWT_PORT']}.*JWT_PORT|JWT_PORT.*${commands.env['JWT_PORT']}`),
    ),
  ])
  server.close()
})

test('a workbench that is killed takes its servers with it, and the next one starts', async () => {
  const killed = await commands.start()
  killed.child.kill('SIGKILL')
  for (const port of ['SESSION_PORT', 'JWT_PORT'] as const) {
    await expect.poll(async () => commands.answers(port), { timeout: 10_000 }).toBe(false)
  }
  const next = await commands.start()
  next.child.kill('SIGINT')
  expect(await next.exit).toBe(0)
}, 60_000)
