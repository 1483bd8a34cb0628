import {
  serviceImages,
  startPostgres,
  startRedis,
  type StoreState,
  StoreWatch,
} from '@session-vs-jwt/services'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { containersOf } from './docker.js'

const images = serviceImages(process.env)
const valkey = process.env['VALKEY_IMAGE'] || 'valkey/valkey:8-alpine'
const folder = '.workbench'

/** Containers of somebody else, who uses the same images. */
let before: string[]

beforeEach(() => {
  before = [...containersOf(images.postgres), ...containersOf(images.redis)]
})

const newOf = (image: string): string[] => containersOf(image).filter((it) => !before.includes(it))

/** What a client says whose server has just died. */
const GONE = /ECONNREFUSED|ECONNRESET|closed|terminated/

describe('PostgreSQL in a container', () => {
  test('has the witness, says where it is, and goes without a trace', async () => {
    const postgres = await startPostgres({ folder, image: images.postgres })
    onTestFinished(() => postgres.stop())
    expect(postgres).toMatchObject({ kind: 'container', version: expect.stringMatching(/^\d+/) })
    expect(postgres.foundAs).toContain(`in a container of ${images.postgres}`)
    expect(postgres.foundAs).not.toContain(new URL(postgres.url).password)
    expect(await query(postgres.url, 'select count(*) from pg_stat_statements')).toHaveLength(1)
    expect(newOf(images.postgres)).toHaveLength(1)
    await postgres.stop()
    expect(newOf(images.postgres)).toEqual([])
  })

  test('keeps what it acknowledged over a kill, a pause and a restart', async () => {
    const postgres = await startPostgres({ folder, image: images.postgres })
    onTestFinished(() => postgres.stop())
    if (postgres.kind !== 'container') throw new Error(`it is ${postgres.kind}`)
    await query(postgres.url, 'create table kept (n int)')
    await query(postgres.url, 'insert into kept values (1)')
    await postgres.kill()
    await expect(query(postgres.url, 'select 1')).rejects.toThrow(GONE)
    await postgres.restart()
    expect(await query(postgres.url, 'select n from kept')).toEqual([{ n: 1 }])
    await postgres.pause()
    const slow = query(postgres.url, 'select n from kept')
    expect(await Promise.race([slow, later('nothing')])).toBe('nothing')
    await postgres.resume()
    expect(await slow).toEqual([{ n: 1 }])
  })
})

describe('Redis in a container', () => {
  test('runs again after a kill, because the watch restarts it', async () => {
    const redis = await startRedis({ folder, image: images.redis })
    onTestFinished(() => redis?.stop())
    if (redis?.kind !== 'container') throw new Error(`it is ${redis?.kind}`)
    const states: StoreState[] = []
    const watch = new StoreWatch('Redis', redis, { onReport: ({ state }) => states.push(state) })
    onTestFinished(async () => watch.stop())
    await ask(redis.url, 'set', 'key', 'kept')
    await redis.kill()
    await expect.poll(() => states, { timeout: 60_000 }).toEqual(['lost', 'running'])
    expect(await ask(redis.url, 'get', 'key')).toBe('kept')
  })

  test('wants its password, says where it is, and goes without a trace', async () => {
    const redis = await startRedis({ folder, image: images.redis })
    onTestFinished(() => redis?.stop())
    expect(redis).toMatchObject({ kind: 'container', version: expect.stringMatching(/^\d+\.\d+/) })
    const { host, password } = new URL(redis?.url ?? '')
    expect(redis?.foundAs).not.toContain(password)
    await expect(ask(`redis://${host}`, 'get', 'key')).rejects.toThrow(/NOAUTH/)
    await redis?.stop()
    expect(newOf(images.redis)).toEqual([])
  })

  test('keeps what it acknowledged over a kill, a pause and a restart', async () => {
    const redis = await startRedis({ folder, image: images.redis })
    onTestFinished(() => redis?.stop())
    if (redis?.kind !== 'container') throw new Error(`it is ${redis?.kind}`)
    await ask(redis.url, 'set', 'key', 'kept')
    await redis.kill()
    await expect(ask(redis.url, 'get', 'key')).rejects.toThrow(GONE)
    await redis.restart()
    expect(await ask(redis.url, 'get', 'key')).toBe('kept')
    await redis.pause()
    const slow = ask(redis.url, 'get', 'key')
    expect(await Promise.race([slow, later('nothing')])).toBe('nothing')
    await redis.resume()
    expect(await slow).toBe('kept')
  })
})

test('Valkey in a container does what is asked of Redis', async () => {
  const redis = await startRedis({ folder, image: valkey })
  onTestFinished(() => redis?.stop())
  const url = redis?.url ?? ''
  expect(await ask(url, 'info', 'server')).toContain('valkey_version:')
  expect(await ask(url, 'set', 'key', 'first', 'EX', '60', 'XX')).toBeNull()
  await ask(url, 'set', 'key', 'first', 'EX', '60')
  expect(await ask(url, 'set', 'key', 'second', 'KEEPTTL', 'XX')).toBe('OK')
  const script = "return { redis.call('get', KEYS[1]), redis.call('ttl', KEYS[1]) > 0 }"
  expect(await ask(url, 'eval', script, '1', 'key')).toEqual(['second', 1])
})

describe('what goes wrong is one line, and nothing is left', () => {
  test('no such image', async () => {
    const failure = startRedis({ folder, image: 'nowhere.invalid/redis:0' })
    await expect(failure).rejects.toMatchObject({
      code: 'image-missing',
      message: expect.stringMatching(/^[^\n]*nowhere\.invalid\/redis:0[^\n]*REDIS_IMAGE[^\n]*$/),
    })
  })

  test('an image with something else in it', async () => {
    const failure = startPostgres({ folder, image: images.redis })
    await expect(failure).rejects.toMatchObject({
      code: 'start-failed',
      message: expect.stringContaining('PostgreSQL in a container of'),
    })
    expect(newOf(images.redis)).toEqual([])
  })
})

async function later<T>(value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(resolve, 1_000, value))
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query(sql)).rows as unknown[]
  } finally {
    await client.end()
  }
}

async function ask(url: string, command: string, ...args: string[]): Promise<unknown> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
  // connect() itself only says "Connection is closed"; the reason comes as an event.
  let reason: Error | undefined
  client.on('error', (error: Error) => (reason ??= error))
  try {
    await client.connect()
    return await client.call(command, ...args)
  } catch (error) {
    throw reason ?? error
  } finally {
    client.disconnect()
  }
}
