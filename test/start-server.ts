import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createLogger, type Env, listen, type Logger } from '@session-vs-jwt/server-process'
import { systemNewId } from '@session-vs-jwt/http-edge'
import type { TraceListener } from '@session-vs-jwt/request-trace'
import * as jwtServer from '@session-vs-jwt/jwt-server'
import * as sessionServer from '@session-vs-jwt/session-server'
import type { Strategy } from '@session-vs-jwt/workbench'
import { inject } from 'vitest'
import { type MovableClock, newClock } from './movable-clock.js'

export interface TestServer {
  readonly url: string
  readonly strategy: Strategy
  readonly clock: MovableClock
  stop(): Promise<void>
}

export interface StartOptions {
  /** Settings beside those of the strategy. */
  readonly env?: Env
  /** A clock to share with another instance. */
  readonly clock?: MovableClock
  readonly onFinished?: TraceListener | undefined
  /** Where the server logs; nowhere unless told. */
  readonly logger?: Logger | undefined
}

/** Keys and secrets of this run; every server of it can read what another one has signed. */
export const SECRETS = {
  SESSION_COOKIE_SECRET: randomBytes(32).toString('base64url'),
  JWT_ACCESS_KEYS: keySet('HS256', 'access'),
  JWT_REFRESH_KEYS: keySet('HS256', 'refresh'),
}

/** A server of `strategy` in this process, on a port of its own and the services of the run. */
export async function startServer(
  strategy: Strategy,
  { env = {}, clock = newClock(), onFinished, logger }: StartOptions = {},
): Promise<TestServer> {
  const settings: Env = {
    NODE_ENV: 'test',
    BCRYPT_COST: '4',
    PORT: '0',
    DATABASE_URL: inject('databaseUrl'),
    REDIS_URL: inject('redisUrl'),
    TIMEOUT_FACTOR: String(inject('timeoutFactor')),
    LOG_LEVEL: 'silent',
    ...SECRETS,
    ...strategy.env,
    ...env,
  }
  const server = await compose(strategy, settings, clock, { onFinished, logger })
  const timeoutFactor = Number(settings['TIMEOUT_FACTOR'])
  const address = { host: '127.0.0.1', port: 0, timeoutFactor }
  const running = await listen(server.handler, address).catch(async (error: unknown) => {
    await server.close()
    throw error
  })
  return {
    url: running.url,
    strategy,
    clock,
    stop: async () => {
      await running.drain(0)
      await server.close()
    },
  }
}

async function compose(
  { server }: Strategy,
  settings: Env,
  clock: MovableClock,
  {
    onFinished,
    logger = createLogger('test', 'silent'),
  }: Pick<StartOptions, 'onFinished' | 'logger'>,
) {
  const surroundings = {
    logger,
    clock: clock.now,
    newId: systemNewId,
    ...(onFinished && { onFinished }),
  }
  if (server === 'jwt') return jwtServer.composeServer(jwtServer.loadConfig(settings), surroundings)
  const random = sessionServer.systemRandomBytes
  const config = sessionServer.loadConfig(settings)
  return sessionServer.composeServer(config, { ...surroundings, random })
}

/** A key set with one new key, as the servers' settings take it. */
export function keySet(alg: 'HS256' | 'RS256' | 'ES256', kid: string): string {
  return JSON.stringify({ keys: [{ ...newJwk(alg), alg, kid }] })
}

function newJwk(alg: 'HS256' | 'RS256' | 'ES256'): object {
  if (alg === 'HS256') return { kty: 'oct', k: randomBytes(32).toString('base64url') }
  const { privateKey } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ format: 'jwk' })
}
