import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  checkContainers,
  checkEngine,
  serviceImages,
  startPostgres,
  startRedis,
} from '../src/index.js'
import { freePort } from '../src/process/free-port.js'
import { temporaryFolder } from './temporary-folder.js'

const NOBODY = 65_534
const images = serviceImages({})

afterEach(() => vi.unstubAllEnvs())

/** One line that names `address`, and nothing else to read before it is known what to do. */
const lineWith = (address: string): unknown =>
  expect.stringMatching(new RegExp(`^[^\\n]*${address.replaceAll('.', '\\.')}[^\\n]*$`))

describe('without a Docker engine', () => {
  it.each([
    ['a PostgreSQL', (folder: string) => startPostgres({ folder, image: images.postgres })],
    ['a Redis', (folder: string) => startRedis({ folder, image: images.redis })],
    ['the tests', () => checkContainers(images)],
    ['everything', () => checkEngine()],
  ])('%s says in a line where none answers', async (_name, start) => {
    const address = `unix://${temporaryFolder()}/docker.sock`
    vi.stubEnv('DOCKER_HOST', address)
    await expect(start(temporaryFolder())).rejects.toMatchObject({
      code: 'docker-missing',
      message: lineWith(`${address} \\(ENOENT\\)`),
    })
  })

  it('takes no other one than DOCKER_HOST names', async () => {
    const address = `tcp://127.0.0.1:${await freePort()}`
    vi.stubEnv('DOCKER_HOST', address)
    await expect(checkEngine()).rejects.toMatchObject({
      code: 'docker-missing',
      message: lineWith(`${address} \\(ECONNREFUSED\\)`),
    })
  })

  it('tells an engine that this user may not use from one that is not there', async () => {
    const path = join(temporaryFolder(), 'docker.sock')
    const server = createServer().listen(path)
    await once(server, 'listening')
    chmodSync(path, process.geteuid?.() === 0 ? 0o600 : 0)
    vi.stubEnv('DOCKER_HOST', `unix://${path}`)
    asOrdinaryUser()
    onTestFinished(() => void server.close())
    await expect(checkEngine()).rejects.toMatchObject({
      code: 'docker-refused',
      message: lineWith(path),
    })
  })
})

/** Root may use any socket. For who is not root, the socket is put out of reach by its own mode. */
function asOrdinaryUser(): void {
  if (process.geteuid?.() !== 0) return
  process.seteuid?.(NOBODY)
  onTestFinished(() => process.seteuid?.(0))
}
