import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type RedisContainer,
  type RedisProcess,
  removeData,
  startRedis,
} from '@session-vs-jwt/services'
import { connectRedis, RedisDatabaseError } from '@session-vs-jwt/stores/redis'
import { jwtStrategies, serverProgram, sessionStrategies } from '@session-vs-jwt/workbench'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { SECRETS } from '../start-server.js'
import { startOwnRedis } from '../store-starts.js'

const timeoutFactor = inject('timeoutFactor')

let folder: string
let own: RedisProcess | RedisContainer
/** A client of database 0, where nothing may arrive. */
let zero: Redis

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-database-'))
  own = await startOwnRedis(folder)
  zero = new Redis(own.url)
})

afterAll(async () => {
  zero.disconnect()
  await own.stop()
  await removeData(folder)
  await rm(folder, { recursive: true, force: true })
})

const MISSING = /refuses database 99 \(ERR DB index is out of range\)\. Choose one in REDIS_URL/

describe('a database that Redis does not have', () => {
  test('is an error of the connection, and nothing is written to database 0', async () => {
    const onError = vi.fn()
    const connection = connectRedis({ url: `${own.url}/99`, onError, timeoutFactor })
    const failure = await connection.then(
      async ({ redis }) => redis.set('stray', '1'),
      (error: unknown) => error,
    )
    expect(failure).toBeInstanceOf(RedisDatabaseError)
    expect((failure as Error).message).toMatch(MISSING)
    expect(onError).not.toHaveBeenCalled()
    expect(await zero.dbsize()).toBe(0)
  })

  test('is refused by name before the workbench starts anything', async () => {
    const failure = startRedis({ folder, redisUrl: `${own.url}/99` })
    await expect(failure).rejects.toMatchObject({ code: 'refused' })
    await expect(failure).rejects.toThrow(MISSING)
  })

  test.each([...sessionStrategies.slice(0, 1), ...jwtStrategies.slice(0, 1)])(
    'stops the start of a server, in one sentence: $id',
    async ({ server, env }) => {
      const settings = {
        ...SECRETS,
        ...env,
        NODE_ENV: 'test',
        TIMEOUT_FACTOR: String(timeoutFactor),
        PORT: '0',
        REDIS_URL: `${own.url}/99`,
      }
      const { code, stderr, stdout } = await run(serverProgram(server), settings)
      expect(code).toBe(1)
      expect(stderr).toMatch(
        /^The (session|JWT) server cannot start: Redis at \S+ refuses [^\n]+\n$/,
      )
      expect(stdout).toBe('')
      expect(await zero.dbsize()).toBe(0)
    },
  )
})

describe('a database that is refused at a reconnect', () => {
  test('takes no write until it is there again, and database 0 takes none either', async () => {
    const errors: Error[] = []
    const url = `${own.url}/5`
    const { redis, close } = await connectRedis({
      url,
      onError: (it) => errors.push(it),
      timeoutFactor,
    })
    try {
      await redis.set('kept', 'before')
      await zero.call('ACL', 'SETUSER', 'default', '-select')
      await zero.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
      await vi.waitFor(() => expect(errors.some(isRefusal)).toBe(true), 120_000)
      await expect(redis.set('kept', 'stray')).rejects.toThrow(
        /Connection is closed|isn't writeable/,
      )
      expect(await zero.dbsize()).toBe(0)
      await zero.call('ACL', 'SETUSER', 'default', '+select')
      await vi.waitFor(async () => expect(await redis.get('kept')).toBe('before'), 120_000)
    } finally {
      await close()
    }
  })
})

function isRefusal(error: Error): boolean {
  return error instanceof RedisDatabaseError && /refuses database 5 \(NOPERM/.test(error.message)
}

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

async function run(program: string, settings: Record<string, string>): Promise<Run> {
  const env = { PATH: process.env['PATH'], DATABASE_URL: inject('databaseUrl'), ...settings }
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program], { env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}
