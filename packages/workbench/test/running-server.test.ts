import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import {
  CookieClient,
  RunningServer,
  serverEnvironment,
  serverSecrets,
  strategyById,
} from '../src/index.js'
import { serverProgram } from '../src/servers/server-program.js'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'running-server-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

/** This strategy needs no store to say that somebody is not logged in. */
async function environment(): Promise<Record<string, string>> {
  const secrets = await serverSecrets(join(folder, 'secrets'), 'HS256')
  const settings = {
    strategy: strategyById('session-cookie'),
    port: 0,
    databaseUrl: 'postgres://127.0.0.1:9/nowhere',
    redisUrl: undefined,
    secrets: secrets.session,
    origins: ['http://localhost:3000'],
  }
  const parent = { ...process.env, BCRYPT_COST: '10', SECRET_OF_THE_PARENT: 'x' }
  return serverEnvironment(settings, parent)
}

describe('a running server', () => {
  it('answers, tells of each request, and leaves when asked to', async () => {
    const log = join(folder, 'logs', 'session-server.log')
    const server = await RunningServer.start({ server: 'session', env: await environment(), log })
    const lines: string[] = []
    server.onRequest(({ method, path, status }) => lines.push(`${method} ${path} ${status}`))
    const { status } = await new CookieClient(server.url).whoami()
    expect(status).toBe(401)
    await expect.poll(() => lines, { timeout: 120_000 }).toEqual(['GET /auth/whoami 401'])
    expect(await server.stop()).toEqual({ code: 0, signal: null })
  })

  it('that crashes is known to have ended', async () => {
    const log = join(folder, 'session-server.log')
    const server = await RunningServer.start({ server: 'session', env: await environment(), log })
    process.kill(server.pid, 'SIGKILL')
    expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' })
    expect(await server.stop()).toEqual({ code: null, signal: 'SIGKILL' })
  })

  it('that has ended hears of no clock, and nobody dies of it', async () => {
    const log = join(folder, 'session-server.log')
    const server = await RunningServer.start({ server: 'session', env: await environment(), log })
    const exit = server.kill()
    server.setClock(1_000)
    expect(await exit).toEqual({ code: null, signal: 'SIGKILL' })
    server.setClock(2_000)
    server.setClock(3_000)
    expect(await server.stop()).toEqual({ code: null, signal: 'SIGKILL' })
  })

  it('leaves by itself if its parent is gone before it listens', async () => {
    const env = await environment()
    const child = fork(serverProgram('session'), { env, execArgv: [], silent: true })
    child.disconnect()
    onTestFinished(() => void child.kill('SIGKILL'))
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('that cannot start says why, with the end of its log', async () => {
    const log = join(folder, 'session-server.log')
    const env = { ...(await environment()), SESSION_STORE: 'paper' }
    const start = RunningServer.start({ server: 'session', env, log })
    await expect(start).rejects.toThrow(
      /session server ended as it started:[^]*SESSION_STORE.*paper/,
    )
    expect(readFileSync(log, 'utf8')).toContain('SESSION_STORE')
  })
})

describe('the environment of a server', () => {
  it('has what it needs, and nothing else of its parent', async () => {
    const env = await environment()
    expect(env).toMatchObject({ BCRYPT_COST: '10', HOST: '127.0.0.1', SESSION_STORE: 'cookie' })
    expect(env).not.toHaveProperty('SECRET_OF_THE_PARENT')
    expect(env).not.toHaveProperty('JWT_ACCESS_KEYS')
  })
})
