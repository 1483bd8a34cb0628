import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TraceEvent } from '@session-vs-jwt/request-trace'
import { RunningServer, type Strategy } from '@session-vs-jwt/workbench'
import { inject, onTestFinished } from 'vitest'
import { keySet } from '../start-server.js'

/** A server process as the workbench starts it, with its log and the events that it sends. */
export async function startProcess(it: Strategy, env: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-log-'))
  const log = join(folder, 'server.log')
  const server = await RunningServer.start({
    server: it.server,
    log,
    env: {
      NODE_ENV: 'test',
      PORT: '0',
      BCRYPT_COST: '4',
      DATABASE_URL: inject('databaseUrl'),
      REDIS_URL: inject('redisUrl'),
      TIMEOUT_FACTOR: String(inject('timeoutFactor')),
      SESSION_COOKIE_SECRET: randomBytes(32).toString('base64url'),
      JWT_ACCESS_KEYS: keySet('HS256', 'a'),
      JWT_REFRESH_KEYS: keySet('HS256', 'r'),
      ...it.env,
      ...env,
    },
  })
  const events: TraceEvent[] = []
  server.onRequest((event) => void events.push(event))
  onTestFinished(async () => {
    await server.kill()
    await rm(folder, { recursive: true, force: true })
  })
  const readWholeLog = async (): Promise<string> => {
    await server.stop()
    return readFile(log, 'utf8')
  }
  return { server: { url: server.url, strategy: it }, events, readWholeLog }
}
