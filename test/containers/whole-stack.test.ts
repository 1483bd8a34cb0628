import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { strategyById } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, Device, loggedIn, registered } from '../device.js'
import { compose, containersIn, newProject, type Project, restart, untilHealthy } from './docker.js'

const MAIN = resolve('packages/workbench/dist/main.js')

let project: Project

beforeAll(async () => {
  project = await newProject('session-vs-jwt-test')
  compose(project, 'down', '--volumes')
  compose(project, 'up', '--detach', '--build', '--quiet-pull')
  for (const port of ['SESSION_PORT', 'JWT_PORT', 'SCALED_SESSION_PORT', 'SCALED_JWT_PORT']) {
    await settled(`${at(port)}/health/ready`)
  }
}, 900_000)

afterAll(() => {
  compose(project, 'down', '--volumes', '--timeout', '10')
  if (containersIn(project.name).length > 0) throw new Error('containers were left behind')
})

const at = (variable: string): string => `http://127.0.0.1:${project.env[variable]}`

/** A dozen programs have just started, and stores that are busy with it count as away: until that is over. */
async function settled(url: string): Promise<void> {
  const deadline = Date.now() + 120_000
  for (let quick = 0; quick < 5; await sleep(200)) {
    if (Date.now() > deadline) throw new Error(`${url} does not answer quickly`)
    const askedAt = Date.now()
    const isReady = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    )
    quick = isReady && Date.now() - askedAt < 100 ? quick + 1 : 0
  }
}

const sessionAt = (variable: string) => ({
  url: at(variable),
  strategy: strategyById('session-redis'),
})

const jwtAt = (variable: string) => ({ url: at(variable), strategy: strategyById('jwt-rotating') })

/** Its exit code is 0, and the table whole, if every step gave what the contract allows. */
function tour(session: string, jwt: string): { status: number | null; stdout: string } {
  const args = [MAIN, 'tour', '--session-url', at(session), '--jwt-url', at(jwt)]
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  return { status, stdout }
}

const WELL = { status: 0, stdout: expect.stringContaining('Every step gave') as string }

const inside = (service: string, ...command: string[]): string =>
  compose(project, 'exec', '--no-TTY', service, ...command).trim()

const outcomeOf = ({ status, body }: Answer): string => `${status} ${body.code ?? ''}`

describe('the whole of docker-compose.yml', () => {
  test('gives what the tour expects, from one instance of each server', () => {
    expect(tour('SESSION_PORT', 'JWT_PORT')).toEqual(WELL)
  })

  test('gives what the tour expects, from three behind the balancer', () => {
    expect(tour('SCALED_SESSION_PORT', 'SCALED_JWT_PORT')).toEqual(WELL)
  })

  test('serves the site, which tells where the servers are', async () => {
    const page = await fetch(at('WORKBENCH_PORT'))
    expect([page.status, await page.text()]).toEqual([
      200,
      expect.stringContaining('Session vs JWT'),
    ])
    const record = (await (await fetch(`${at('WORKBENCH_PORT')}/workbench.json`)).json()) as object
    expect(record).toMatchObject({
      servers: {
        session: { url: at('SESSION_PORT'), strategy: 'session-redis' },
        jwt: { url: at('JWT_PORT'), strategy: 'jwt-rotating' },
      },
    })
  })

  test.each(['session', 'jwt', 'site'])(
    '%s runs as an ordinary user and can write nothing',
    (it) => {
      expect(inside(it, 'id', '-u')).toBe('1000')
      expect(() => inside(it, 'touch', '/app/file')).toThrow(/Read-only file system/)
    },
  )

  test('has made secrets that their container alone can read', () => {
    const files = inside('jwt', 'sh', '-c', 'stat -c "%a %U %n" /secrets/*/* | sort')
    expect(files).toMatch(/600 node \/secrets\/jwt\/access-keys/)
    expect(files).not.toMatch(/session/)
    expect(files.split('\n').filter((it) => !it.startsWith('600 node '))).toEqual([])
  })

  test('a request reaches each of the three instances, and any of them knows a session', async () => {
    const { device } = await registered(sessionAt('SCALED_SESSION_PORT'))
    const answers = await Promise.all(Array.from({ length: 12 }, async () => device.whoami()))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    const served = new Set(answers.map(({ headers }) => headers['x-served-by']))
    expect(served).toEqual(new Set(['session-1', 'session-2', 'session-3']))
  })

  test.each([
    ['session-instance', () => sessionAt('SCALED_SESSION_PORT')],
    ['jwt-instance', () => jwtAt('SCALED_JWT_PORT')],
  ])(
    'each %s is restarted, one by one: no request is lost, and nobody logged out',
    async (service, targetOf) => {
      const target = targetOf()
      const { device, account } = await registered(target)
      const over = new AbortController()
      const load = async (ask: () => Promise<Answer>): Promise<string[]> => {
        const outcomes: string[] = []
        while (!over.signal.aborted) {
          outcomes.push(await ask().then(outcomeOf, String))
          // All of it shares this machine: the load must not be what keeps an instance from starting.
          await sleep(50)
        }
        return outcomes
      }
      const logIn = async (): Promise<Answer> => new Device(target).login(account)
      const loads = [device.whoami, device.whoami, logIn].map(load)
      try {
        for (const id of containersIn(project.name, service)) await restart(id)
      } finally {
        over.abort()
        await Promise.all(loads)
      }
      for (const outcomes of await Promise.all(loads)) {
        expect(outcomes.length).toBeGreaterThan(20)
        const others = outcomes.filter((it) => it !== '200 ')
        // Never an answer of the balancer, a broken connection or a 401.
        expect(others.filter((it) => it !== '503 store_unavailable')).toEqual([])
        // A container that starts may keep a small machine from reaching the store in time, for a moment.
        expect(others.length).toBeLessThanOrEqual(outcomes.length / 20)
      }
    },
    500_000,
  )

  test('session-memory breaks behind the balancer: an instance knows the sessions that it has made', async () => {
    const inMemory = { ...project, env: { ...project.env, SESSION_STORE: 'memory' } }
    compose(inMemory, 'up', '--detach', '--no-deps', 'session-instance')
    const instances = containersIn(project.name, 'session-instance')
    await Promise.all(instances.map(untilHealthy))
    await settled(`${at('SCALED_SESSION_PORT')}/health/ready`)
    const strategy = strategyById('session-memory')
    const { device } = await registered({ url: at('SCALED_SESSION_PORT'), strategy })
    const answers = await Promise.all(Array.from({ length: 12 }, async () => device.whoami()))
    const by = (status: number): Set<unknown> =>
      new Set(answers.filter((it) => it.status === status).map((it) => it.headers['x-served-by']))
    expect([by(200).size, by(401).size]).toEqual([1, 2])
  }, 300_000)

  test('keeps data and secrets over down and up', async () => {
    const { account } = await registered(sessionAt('SESSION_PORT'))
    const keys = inside('jwt', 'cat', '/secrets/jwt/access-keys')
    compose(project, 'down')
    expect(containersIn(project.name)).toEqual([])
    compose(project, 'up', '--detach', 'session', 'jwt')
    await untilHealthy(containersIn(project.name, 'session')[0] ?? '')
    await loggedIn(sessionAt('SESSION_PORT'), account)
    expect(inside('jwt', 'cat', '/secrets/jwt/access-keys')).toBe(keys)
  })
})
