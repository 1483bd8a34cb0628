import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLogger } from '@session-vs-jwt/server-process'
import { systemNewId } from '@session-vs-jwt/http-edge'
import { MemoryPosts } from '@session-vs-jwt/posts'
import { createPasswordHasher, memoryLoginAttempts, MemoryUsers } from '@session-vs-jwt/users'
import jwt from 'jsonwebtoken'
import { createApp } from '../src/app.js'
import { loadConfig } from '../src/config.js'
import type { JwtPorts } from '../src/ports.js'
import { MemoryRefreshFamilies } from '../src/stores/memory.js'

const keySet = (kid: string): string =>
  JSON.stringify({
    keys: [{ kty: 'oct', alg: 'HS256', kid, k: randomBytes(32).toString('base64url') }],
  })

const KEYS = { JWT_ACCESS_KEYS: keySet('1'), JWT_REFRESH_KEYS: keySet('2') }

export interface CoreServer {
  readonly url: string
  /** Moves the server's clock forward by so many seconds. */
  pass(seconds: number): void
  close(): Promise<void>
}

/** The JWT server with its stores in memory, on a free port, and with a clock that the test moves. */
export async function startCore(env: Readonly<Record<string, string>> = {}): Promise<CoreServer> {
  const loaded = loadConfig({
    DATABASE_URL: 'postgres://h/d',
    REDIS_URL: 'redis://h',
    ...KEYS,
    ...env,
  })
  // One key for both types of token, so only the claim `type` tells them apart.
  const config = { ...loaded, refreshKeys: loaded.accessKeys }
  let now = Date.now()
  const clock = () => new Date(now)
  const passwords = await createPasswordHasher({ cost: 4, hashMs: 1 })
  const rememberedMs = config.accessSeconds * 1000
  const families = new MemoryRefreshFamilies({
    clock,
    policy: config.refreshPolicy,
    denyMs: config.revocation === 'denylist' ? rememberedMs : 0,
    generationMs: config.revocation === 'valid-after' ? rememberedMs : undefined,
  })
  const stores: JwtPorts = {
    users: new MemoryUsers(),
    posts: new MemoryPosts(),
    passwords,
    loginAttempts: memoryLoginAttempts(config.loginAttempts),
    dependencies: [],
    families: config.refreshStore === 'none' ? undefined : families,
    jwt,
  }
  const logger = createLogger('core', 'silent')
  const deps = { config, logger, clock, newId: systemNewId, draining: () => false }
  const server = createServer(createApp({ ...deps, ports: () => stores }).callback())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pass: (seconds) => void (now += seconds * 1000),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
