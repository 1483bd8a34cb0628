import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { serviceImages } from '@session-vs-jwt/services'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { compose, containersIn, newProject, type Project } from './docker.js'

/** As `npm run containers` does it, behind the installation. */
const MAIN = resolve('packages/workbench/dist/main.js')

/** Less than vitest waits for what is done at the end of a test. */
const END_WITHIN_MS = 60_000

let project: Project

// A first build takes minutes, which belong to no test.
beforeAll(async () => {
  compose(await newProject('session-vs-jwt-command'), 'build', '--quiet')
}, 900_000)

beforeEach(async () => {
  project = await newProject('session-vs-jwt-command')
})

afterAll(() => {
  compose(project, 'down', '--volumes')
})

interface Run {
  readonly child: ChildProcess
  readonly output: () => string
  readonly errors: () => string
  readonly exit: Promise<number | null>
}

function run(settings: Record<string, string> = {}, ...args: string[]): Run {
  const env = { ...process.env, ...project.env, ...settings }
  const child = spawn(process.execPath, [MAIN, 'containers', ...args], { env })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk) => (output += String(chunk)))
  child.stderr.on('data', (chunk) => (errors += String(chunk)))
  const exit = once(child, 'close').then(([code]) => code as number | null)
  onTestFinished(async () => ended(child, exit))
  return { child, output: () => output, errors: () => errors.trim(), exit }
}

/** In good order if it can be: what it started is in a session of its own. */
async function ended(child: ChildProcess, exit: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGINT')
  const timer = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS)
  await exit
  clearTimeout(timer)
}

test('without Docker: a line that says so', async () => {
  const { exit, errors } = run({ DOCKER_HOST: 'unix:///nowhere/docker.sock' })
  expect(await exit).toBe(1)
  expect(errors()).toMatch(/^No Docker engine answers at unix:\/\/\/nowhere[^\n]*$/)
})

test('without its client: a line that says so', async () => {
  const { exit, errors } = run({ PATH: '/nowhere' })
  expect(await exit).toBe(1)
  expect(errors()).toMatch(/^There is no "docker" in the PATH\.[^\n]*$/)
})

test('with containers that run: how to end them, and they run on', async () => {
  compose(project, 'up', '--detach', 'redis')
  onTestFinished(() => void compose(project, 'down'))
  const redis = containersIn(project.name, 'redis')
  const { exit, errors } = run()
  expect(await exit).toBe(1)
  expect(errors()).toMatch(/^These containers run already[^\n]*"docker compose [^\n]*down"\.$/)
  expect([redis.length, containersIn(project.name, 'redis')]).toEqual([1, redis])
})

test('with a port in use: a line that names it and its setting, and no leftovers', async () => {
  compose(project, 'create', 'redis')
  const { JWT_PORT: port } = project.env
  const server = createServer().listen(Number(port), '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { exit, errors } = run()
  expect(await exit).toBe(1)
  expect(errors()).toMatch(new RegExp(`^Port ${port} is in use[^\\n]*JWT_PORT=[^\\n]*$`))
  expect(containersIn(project.name)).toEqual([])
})

test('with an image that cannot be had: which one, and how to name another', async () => {
  const { exit, errors } = run({ REDIS_IMAGE: 'nowhere.invalid/redis:0' })
  expect(await exit).toBe(1)
  expect(errors()).toMatch(
    /^An image cannot be had[^\n]*nowhere\.invalid[^\n]*\n[^\n]*REDIS_IMAGE[^\n]*$/,
  )
  expect(containersIn(project.name)).toEqual([])
})

test('with a stack that comes up by half: why, and nothing is left', async () => {
  // Something that is no Redis ends at once, when the secrets are made and PostgreSQL runs.
  const { exit, errors } = run({ REDIS_IMAGE: serviceImages(process.env).postgres })
  expect(await exit).toBe(1)
  expect(errors()).toMatch(/^The containers did not start:\n[^]*redis/)
  expect(containersIn(project.name)).toEqual([])
})

test('until Ctrl-C: everything comes up, tells where it is, and goes', async () => {
  const { child, exit, output, errors } = run()
  // Ctrl-C follows at once: the Compose that shows the logs is then only starting.
  await expect.poll(output, { timeout: 300_000, interval: 5 }).toContain('Ready.')
  expect(output()).toContain(`http://localhost:${project.env['SESSION_PORT']}`)
  const ready = await fetch(`http://127.0.0.1:${project.env['SESSION_PORT']}/health/ready`)
  expect(ready.status).toBe(200)
  child.kill('SIGINT')
  expect([await exit, errors()]).toEqual([0, ''])
  expect(containersIn(project.name)).toEqual([])
}, 400_000)

test('until Ctrl-C while it comes up: nothing is left', async () => {
  const { child, exit, output, errors } = run()
  await expect.poll(output, { timeout: 300_000, interval: 5 }).toContain('Started')
  child.kill('SIGINT')
  expect([await exit, errors()]).toEqual([0, ''])
  expect(output()).not.toContain('Ready.')
  expect(containersIn(project.name)).toEqual([])
}, 400_000)
