import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function run(args: string[], env: Record<string, string> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env['PATH'], ...env } }
    const child = execFile(process.execPath, [main, ...args], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}

it.each([
  [
    'start --session paper',
    /'paper' is invalid. Allowed choices are session-redis, .*session-cookie/,
  ],
  ['start --session jwt-rotating', /Allowed choices are session-redis/],
  ['start --jwt session-redis', /Allowed choices are jwt-rotating/],
  ['start --jwt-alg none', /Allowed choices are HS256, RS256, ES256/],
  ['start --colour', /unknown option '--colour'/],
  ['start now', /too many arguments/],
  ['start --instances 0', /'0' is invalid. It must be a whole number from 1 to 8/],
  ['start --instances -1', /'-1' is invalid. It must be a whole number from 1 to 8/],
  ['start --instances abc', /'abc' is invalid. It must be a whole number from 1 to 8/],
  ['start --instances 1000', /'1000' is invalid. It must be a whole number from 1 to 8/],
  ['start --sticky', /--sticky is about several instances: add --instances 3/],
  ['dance', /no command "dance". There are: start, stop, tour/],
  ['tour --session-url example.org --jwt-url http://127.0.0.1:9', /not an address: "example.org"/],
  [
    'tour --session-url http://127.0.0.1:9 --jwt-url http://127.0.0.1:9',
    /does not answer at .*:9 /,
  ],
  ['migrate', /DATABASE_URL is not set/],
  ['reset', /npm run reset -- --yes/],
])('%s: one message, no stack, code 2', async (line, message) => {
  const { code, stdout, stderr } = await run(line.split(' '))
  expect(stderr).toMatch(message)
  expect(stderr).not.toMatch(/^ +at /m)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
})

it('refuses a port that is none, and names its variable', async () => {
  const { code, stderr } = await run(['start'], { WORKBENCH_PORT: 'abc' })
  expect(stderr.trim()).toBe(
    'WORKBENCH_PORT is not a port: "abc". It must be a number from 1 to 65535.',
  )
  expect(code).toBe(2)
})

it.each(['start', 'stop', 'tour', 'doctor', 'reset', 'rotate-keys', 'rolling-restart', 'migrate'])(
  '%s --help shows how to call it, with examples',
  async (command) => {
    const { code, stdout } = await run([command, '--help'])
    expect(stdout).toMatch(/^Usage: npm (start|run \S+) -- /)
    expect(stdout).toMatch(/Examples:\n {2}\S/)
    expect(code).toBe(0)
  },
)

it('containers: without Docker, says what to install', async () => {
  const { code, stdout, stderr } = await run(['containers'], { PATH: '/nowhere' })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr.trim()).toMatch(/^There is no "docker" in the PATH\. Install Docker with[^\n]*$/)
})

/** Plugins that the system has are found in spite of it. */
const NO_PLUGINS = { DOCKER_CONFIG: '/nowhere' }

it.skipIf(!lacksCompose())(
  'containers: without the Compose plugin, says what to install (needs a Docker without one)',
  async () => {
    const { code, stdout, stderr } = await run(['containers'], NO_PLUGINS)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.trim()).toMatch(/^This Docker has no Compose\. Install its plugin[^\n]*$/)
  },
)

function lacksCompose(): boolean {
  const env = { PATH: process.env['PATH'], ...NO_PLUGINS }
  const status = (...args: string[]): number | null => spawnSync('docker', args, { env }).status
  return status('--version') === 0 && status('compose', 'version') !== 0
}
