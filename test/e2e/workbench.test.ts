import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { paths } from '@session-vs-jwt/http-kit'
import { removeData } from '@session-vs-jwt/services'
import { strategyById } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Device, loggedIn, newAccount } from '../device.js'

/** As `npm start` does it, behind the installation. */
const MAIN = resolve('packages/workbench/dist/main.js')

let folder: string
let env: NodeJS.ProcessEnv
const started: ChildProcess[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-e2e-'))
  await mkdir('.workbench/redis-package', { recursive: true })
  await symlink(resolve('.workbench/redis-package'), join(folder, 'redis-package'))
  const [page, session, jwt] = await Promise.all([freePort(), freePort(), freePort()])
  env = {
    PATH: process.env['PATH'],
    HOME: folder,
    WORKBENCH_FOLDER: folder,
    WORKBENCH_PORT: String(page),
    SESSION_PORT: String(session),
    JWT_PORT: String(jwt),
    BCRYPT_COST: '10',
  }
})

afterAll(async () => {
  for (const child of started) child.kill('SIGKILL')
  await removeData(folder)
  await rm(folder, { recursive: true, force: true })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}

interface Run {
  readonly child: ChildProcess
  readonly output: () => string
  readonly exit: Promise<number | null>
}

function run(...args: string[]): Run {
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => (output += String(chunk)))
  }
  const exit = once(child, 'close').then(([code]) => code as number | null)
  return { child, output: () => output, exit }
}

async function ready(workbench: Run): Promise<void> {
  await expect.poll(workbench.output, { timeout: 30_000 }).toContain('Ready after')
}

const sessionServer = () => ({
  url: `http://127.0.0.1:${env['SESSION_PORT']}`,
  strategy: strategyById('session-redis'),
})

const answers = async (port: string | undefined): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}${paths.live}`).then(
    () => true,
    () => false,
  )

test('start: both servers, the page, the tour; Ctrl-C ends all and keeps the data', async () => {
  const first = run('start')
  await ready(first)
  const page = await fetch(`http://127.0.0.1:${env['WORKBENCH_PORT']}/`)
  expect([page.status, page.headers.get('content-type')]).toEqual([
    200,
    expect.stringMatching(/html/),
  ])

  const tour = run('tour')
  expect([await tour.exit, tour.output()]).toEqual([0, expect.stringContaining('Every step gave')])

  const second = run('start')
  expect([await second.exit, second.output()]).toEqual([1, expect.stringMatching(/running/)])

  const account = newAccount()
  await new Device(sessionServer()).register(account)
  first.child.kill('SIGINT')
  expect(await first.exit).toBe(0)
  for (const port of ['WORKBENCH_PORT', 'SESSION_PORT', 'JWT_PORT']) {
    expect(await answers(env[port]), port).toBe(false)
  }

  const again = run('start', '--session', 'session-postgres', '--jwt', 'jwt-denylist', '--quiet')
  await ready(again)
  await loggedIn(sessionServer(), account)
  again.child.kill('SIGTERM')
  expect(await again.exit).toBe(0)
}, 90_000)

test('start --tour: takes the tour, stops, and exits with its code', async () => {
  const { exit, output } = run('start', '--tour', '--jwt-alg', 'ES256', '--jwt', 'jwt-stateless')
  expect([await exit, output()]).toEqual([0, expect.stringContaining('Every step gave')])
}, 60_000)

test('a port in use is named, with its variable, and nothing is started', async () => {
  const server = createServer().listen(Number(env['JWT_PORT']), '127.0.0.1')
  await once(server, 'listening')
  const { exit, output } = run('start')
  expect([await exit, output()]).toEqual([
    1,
    expect.stringMatching(new RegExp(`${env['JWT_PORT']}.*JWT_PORT|JWT_PORT.*${env['JWT_PORT']}`)),
  ])
  server.close()
})

test('a workbench that is killed takes its servers with it, and the next one starts', async () => {
  const killed = run('start')
  await ready(killed)
  killed.child.kill('SIGKILL')
  await expect.poll(async () => answers(env['SESSION_PORT']), { timeout: 10_000 }).toBe(false)
  await expect.poll(async () => answers(env['JWT_PORT']), { timeout: 10_000 }).toBe(false)
  const next = run('start')
  await ready(next)
  next.child.kill('SIGINT')
  expect(await next.exit).toBe(0)
}, 60_000)
