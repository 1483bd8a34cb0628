import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { paths } from '@session-vs-jwt/http-contract'
import { strategyById } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { registered } from '../device.js'
import { WorkbenchCommands } from '../e2e/workbench-process.js'

interface RecordedInstance {
  readonly name: string
  readonly url: string
  readonly pid: number
  readonly running: boolean
}

/** Ten processes and more share the machine. */
const GONE_WITHIN = { timeout: 15_000 }
const TOLD_WITHIN = { timeout: 15_000 }

let commands: WorkbenchCommands
beforeAll(async () => {
  commands = await WorkbenchCommands.prepare()
})
afterAll(async () => commands.remove())

interface RecordedServer {
  readonly instances: readonly RecordedInstance[]
}

interface Recorded {
  readonly balancer: { readonly pid: number }
  readonly servers: { readonly session: RecordedServer; readonly jwt: RecordedServer }
}

/** What the running workbench tells others. */
async function record(): Promise<Recorded> {
  return JSON.parse(await readFile(join(commands.folder, 'running.json'), 'utf8')) as Recorded
}

/** Of both servers. */
async function instances(): Promise<RecordedInstance[]> {
  const { session, jwt } = (await record()).servers
  return [...session.instances, ...jwt.instances]
}

const isAlive = ({ pid }: RecordedInstance): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function statusOf(url: string, init?: RequestInit): Promise<number> {
  const response = await fetch(url, init)
  await response.text()
  return response.status
}

/** No instance, no balancer: nobody listens any more, and no process is left. */
async function expectNothingLeft(ofBefore: readonly RecordedInstance[]): Promise<void> {
  await expect.poll(() => ofBefore.filter(isAlive), GONE_WITHIN).toEqual([])
  for (const port of ['WORKBENCH_PORT', 'SESSION_PORT', 'JWT_PORT'] as const) {
    await expect.poll(async () => commands.answers(port), GONE_WITHIN).toBe(false)
  }
}

test('one that crashes is told and left out, a rolling restart replaces all, Ctrl-C ends all', async () => {
  const workbench = await commands.start('--instances', '3')
  expect(workbench.output()).toMatch(/session-1 on \d+, session-2 on \d+, session-3 on \d+/)
  expect(workbench.output()).toMatch(/jwt-1 on \d+, jwt-2 on \d+, jwt-3 on \d+/)

  const tour = commands.run('tour')
  expect([await tour.exit, tour.output()]).toEqual([0, expect.stringContaining('Every step gave')])
  for (const name of ['session-1', 'session-2', 'session-3', 'jwt-1', 'jwt-2', 'jwt-3']) {
    const line = new RegExp(`^${name} +(GET|POST) /`, 'm')
    await expect.poll(workbench.output, TOLD_WITHIN).toMatch(line)
  }
  // The balancer asks for health all the time, and nobody wants to read that.
  expect(workbench.output()).not.toContain('/health/')

  const before = await instances()
  process.kill((before[1] as RecordedInstance).pid, 'SIGKILL')
  await expect
    .poll(workbench.output, TOLD_WITHIN)
    .toMatch(/session-2 ended by itself \(by SIGKILL\).*2 of 3 go on/)
  const ended = async () => (await instances()).filter((it) => !it.running).map(({ name }) => name)
  await expect.poll(ended, TOLD_WITHIN).toEqual(['session-2'])
  const { device } = await registered({
    url: `http://127.0.0.1:${commands.env['SESSION_PORT']}`,
    strategy: strategyById('session-redis'),
  })

  const restart = commands.run('rolling-restart')
  expect([await restart.exit, restart.output()]).toEqual([
    0,
    expect.stringContaining('All 6 instances were replaced.'),
  ])
  const after = await instances()
  expect(after.map(({ running }) => running)).not.toContain(false)
  expect(after.filter(({ pid }) => before.some((it) => it.pid === pid))).toEqual([])
  expect((await device.whoami()).status).toBe(200)

  workbench.child.kill('SIGINT')
  expect(await workbench.exit).toBe(0)
  await expectNothingLeft(after)
}, 180_000)

test('all restarted at once by the lab answer as soon as the lab does', async () => {
  const workbench = await commands.start('--instances', '3', '--quiet')
  const { WORKBENCH_PORT, SESSION_PORT } = commands.env
  const restart = async (): Promise<number> =>
    statusOf(`http://localhost:${WORKBENCH_PORT}/workbench/commands`, {
      method: 'POST',
      headers: { origin: `http://localhost:${WORKBENCH_PORT}`, 'content-type': 'application/json' },
      body: JSON.stringify({ do: 'restart', server: 'session' }),
    })
  // By chance the balancer may not even have missed them.
  for (let times = 0; times < 12; times += 1) {
    expect(await restart()).toBe(200)
    expect(await statusOf(`http://127.0.0.1:${SESSION_PORT}${paths.live}`)).toBe(200)
  }
  workbench.child.kill('SIGINT')
  expect(await workbench.exit).toBe(0)
}, 180_000)

test('session-memory visibly breaks, and says so', async () => {
  const workbench = await commands.start('--instances', '3', '--session', 'session-memory')
  expect(workbench.output()).toContain('session-memory: an instance knows its own logins only.')
  const tour = commands.run('tour')
  expect([await tour.exit, tour.output()]).toEqual([1, expect.stringMatching(/who am I +401 ✗/)])
  workbench.child.kill('SIGTERM')
  expect(await workbench.exit).toBe(0)
}, 90_000)

test('unless it is sticky', async () => {
  const options = ['--instances', '3', '--session', 'session-memory', '--sticky', '--tour']
  const { exit, output } = commands.run('start', ...options)
  expect([await exit, output()]).toEqual([0, expect.stringContaining('Every step gave')])
}, 90_000)

test('a workbench that is killed takes its instances and the balancer with it', async () => {
  const killed = await commands.start('--instances', '2')
  const all = await instances()
  killed.child.kill('SIGKILL')
  await expectNothingLeft(all)
}, 90_000)

test('Ctrl-C in the middle of a rolling restart ends all the same', async () => {
  const workbench = await commands.start('--instances', '2', '--quiet')
  const restart = commands.run('rolling-restart')
  await expect.poll(restart.output, TOLD_WITHIN).toContain('session-1: replaced')
  const all = await instances()
  workbench.child.kill('SIGINT')
  expect([await workbench.exit, await restart.exit]).toEqual([0, 1])
  expect(restart.output()).toContain('The workbench was stopped meanwhile')
  expect(workbench.output()).not.toMatch(/Rolling restart: (done|The balancer)/)
  await expectNothingLeft(all)
  expect(existsSync(join(commands.folder, 'running.json'))).toBe(false)
}, 90_000)

test('a balancer that is killed ends the workbench, which says so', async () => {
  const workbench = await commands.start('--instances', '2')
  const all = await instances()
  process.kill((await record()).balancer.pid, 'SIGKILL')
  expect([await workbench.exit, workbench.output()]).toEqual([
    1,
    expect.stringContaining('The balancer ended by itself'),
  ])
  await expectNothingLeft(all)
}, 90_000)

test.skipIf(['/usr/sbin/haproxy', '/usr/local/bin/haproxy'].some((it) => existsSync(it)))(
  'without a balancer it does not start, and says what to do',
  async () => {
    const bare = await WorkbenchCommands.prepare({ packages: [] })
    // Nor is there an apt-get that could bring one.
    bare.env['PATH'] = bare.folder
    const { exit, output } = bare.run('start', '--instances', '2')
    expect([await exit, output()]).toEqual([
      1,
      expect.stringMatching(/none can be had.*\n.*no haproxy on this machine. Install it/),
    ])
    await bare.remove()
  },
  30_000,
)
