import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { strategyById } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Device, loggedIn, newAccount, registered } from '../device.js'
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

test('start --remember-verified: the JWT server verifies a token once', async () => {
  const { child, exit } = await commands.start('--remember-verified', '--quiet')
  const url = `http://127.0.0.1:${commands.env['JWT_PORT']}`
  const { device } = await registered({ url, strategy: strategyById('jwt-rotating') })
  const verifications = async () => {
    const { headers } = await device.whoami()
    return /sign;desc="(\d+)"/.exec(String(headers['server-timing']))?.[1]
  }
  expect([await verifications(), await verifications()]).toEqual(['1', '0'])
  child.kill('SIGINT')
  expect(await exit).toBe(0)
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

interface WorkbenchJson {
  readonly redisStopped: boolean
  readonly stores: readonly {
    readonly what: string
    readonly state: string
    readonly foundAs: string
  }[]
}

const site = (): string => `http://127.0.0.1:${commands.env['WORKBENCH_PORT']}`

async function described(): Promise<WorkbenchJson> {
  return (await fetch(`${site()}/workbench.json`)).json() as Promise<WorkbenchJson>
}

async function inLab(command: object): Promise<number> {
  const { status } = await fetch(`${site()}/workbench/commands`, {
    method: 'POST',
    headers: { origin: site(), 'content-type': 'application/json' },
    body: JSON.stringify(command),
  })
  return status
}

const stateOf = async (what: string): Promise<string | undefined> =>
  (await described()).stores.find((it) => it.what === what)?.state

async function doctor(): Promise<[number | null, string]> {
  const { exit, output } = commands.run('doctor')
  return [await exit, output()]
}

test('the workbench restarts a killed store, and the screen, the page and the doctor report it', async () => {
  const workbench = await commands.start()
  const { stores } = await described()
  const [, data = ''] = /data in (.+)$/.exec(stores[0]?.foundAs ?? '') ?? []
  const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])
  process.kill(pid, 'SIGSTOP')
  expect(await doctor()).toEqual([1, expect.stringMatching(/✗ PostgreSQL.*no answer within 5 s/)])
  process.kill(pid, 'SIGKILL')
  await expect
    .poll(workbench.output, { timeout: 30_000 })
    .toMatch(/PostgreSQL ended by itself[^]*PostgreSQL answers again/)
  expect(await stateOf('PostgreSQL')).toBe('running')
  await new Device(sessionServer()).register(newAccount())
  expect(await doctor()).toEqual([0, expect.stringMatching(/✓ PostgreSQL.*it answers/)])

  if (stores.some(({ what }) => what === 'Redis')) {
    expect(await inLab({ do: 'redis', running: false })).toBe(200)
    // Longer than a restart would take to begin.
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect([await stateOf('Redis'), (await described()).redisStopped]).toEqual(['stopped', true])
    expect(await doctor()).toEqual([0, expect.stringMatching(/! Redis.*is stopped/)])
    expect(await inLab({ do: 'redis', running: true })).toBe(200)
    expect([await stateOf('Redis'), (await described()).redisStopped]).toEqual(['running', false])
  }

  const stop = commands.run('stop')
  expect([await stop.exit, stop.output()]).toEqual([0, expect.stringContaining('Stopped')])
  expect(await workbench.exit).toBe(0)
  const again = commands.run('stop')
  expect([await again.exit, again.output()]).toEqual([
    1,
    expect.stringMatching(/No workbench is running/),
  ])
}, 240_000)

test('exactly one of three simultaneous starts succeeds, and the others name its process', async () => {
  const starts = [1, 2, 3].map(() => commands.run('start'))
  const ready = (): typeof starts => starts.filter((it) => it.output().includes('Ready after'))
  await expect.poll(() => ready().length, { timeout: 60_000 }).toBe(1)
  const [winner] = ready()
  for (const other of starts.filter((it) => it !== winner)) {
    expect(await other.exit).toBe(1)
    expect(other.output()).toMatch(new RegExp(`process ${winner?.child.pid}\\b`))
  }
  winner?.child.kill('SIGINT')
  expect(await winner?.exit).toBe(0)
}, 90_000)
