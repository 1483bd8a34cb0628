import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { strategyById } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loggedIn, registered } from '../device.js'
import { compose, containersIn, newProject, type Project, restart } from './docker.js'

const MAIN = resolve('packages/workbench/dist/main.js')

let project: Project

beforeAll(async () => {
  project = await newProject('session-vs-jwt-test')
  compose(project, 'down', '--volumes')
  compose(project, 'up', '--detach', '--build', '--quiet-pull', '--wait-timeout', '300')
}, 900_000)

afterAll(() => {
  compose(project, 'down', '--volumes', '--timeout', '10')
  if (containersIn(project.name).length > 0) throw new Error('containers were left behind')
})

const at = (variable: string): string => `http://127.0.0.1:${project.env[variable]}`

const sessionAt = (variable: string) => ({
  url: at(variable),
  strategy: strategyById('session-redis'),
})

/** Its exit code is 0, and the table whole, if every step gave what the contract allows. */
function tour(session: string, jwt: string): { status: number | null; stdout: string } {
  const args = [MAIN, 'tour', '--session-url', at(session), '--jwt-url', at(jwt)]
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  return { status, stdout }
}

const WELL = { status: 0, stdout: expect.stringContaining('Every step gave') as string }

const inside = (service: string, ...command: string[]): string =>
  compose(project, 'exec', '--no-TTY', service, ...command).trim()

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

  test('instances that are restarted one by one lose no request and log nobody out', async () => {
    const { device } = await registered(sessionAt('SCALED_SESSION_PORT'))
    const over = new AbortController()
    const statuses: unknown[] = []
    const load = async (): Promise<void> => {
      while (!over.signal.aborted) {
        statuses.push(await device.whoami().then(({ status }) => status, String))
        // All of it shares this machine: the load must not be what keeps an instance from starting.
        await sleep(50)
      }
    }
    const loads = [load(), load(), load()]
    try {
      for (const id of containersIn(project.name, 'session-instance')) await restart(id)
    } finally {
      over.abort()
      await Promise.all(loads)
    }
    expect(statuses.length).toBeGreaterThan(20)
    expect(statuses.filter((it) => it !== 200)).toEqual([])
  }, 500_000)

  test('keeps data and secrets over down and up', async () => {
    const { account } = await registered(sessionAt('SESSION_PORT'))
    const keys = inside('jwt', 'cat', '/secrets/jwt/access-keys')
    compose(project, 'down')
    expect(containersIn(project.name)).toEqual([])
    compose(project, 'up', '--detach', 'session', 'jwt')
    await loggedIn(sessionAt('SESSION_PORT'), account)
    expect(inside('jwt', 'cat', '/secrets/jwt/access-keys')).toBe(keys)
  })
})
