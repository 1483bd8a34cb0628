import {
  parseRedisUrl,
  REDIS_URL_FORMS,
  type RedisAddress,
  redisClient,
  RedisDatabaseError,
  RedisUrlError,
} from '@session-vs-jwt/stores/redis'
import type { Cluster, Redis } from 'ioredis'
import { ServiceError } from '../service-error.js'
import type { HeldConnection } from '../store-watch.js'
import type { RedisByUrl } from './started-redis.js'

const CONNECT_WITHIN_MS = 5_000

/**
 * Connects once, to see that somebody answers and who; writes nothing.
 * Throws `invalid-url`, `unreachable` (nobody answers) or `refused` (somebody says no).
 */
export async function redisByUrl(url: string): Promise<RedisByUrl> {
  const address = addressOf(url)
  const { version, mode } = await look(address).catch((error: unknown) => {
    throw explain(error, address.place)
  })
  if (address.kind === 'single' && mode !== 'standalone') throw wrongForm(address.place, mode)
  const what = { single: '', cluster: ' cluster', sentinel: ' behind sentinels' }[address.kind]
  const foundAs = `Redis ${version}${what} at ${address.place}, given by REDIS_URL`
  return { kind: 'url', url, version, foundAs, stop: async () => {} }
}

/** Connects, PINGs, asks for the version and leaves. Throws what made the connection fail. */
export async function redisVersion(url: string): Promise<string> {
  return (await look(addressOf(url))).version
}

/** Connects, and tells when the connection breaks. Throws what made it fail. */
export async function holdRedis(url: string): Promise<HeldConnection> {
  const client = redisClient(addressOf(url), ONCE, ONCE_IN_CLUSTER)
  let reason: Error | undefined
  client.on('error', (error: Error) => (reason ??= error))
  const lost = new Promise<void>((resolve) => {
    client.once('end', resolve)
  })
  try {
    await Promise.race([client.connect(), hasEnded(client)])
    await client.ping()
  } catch (error) {
    client.disconnect()
    throw reason ?? error
  }
  return { lost, close: () => client.disconnect() }
}

/** What a server says of itself; of a cluster, one of its nodes. */
interface ServerInfo {
  readonly version: string
  readonly mode: string
}

async function look(address: RedisAddress): Promise<ServerInfo> {
  const client = redisClient(address, ONCE, ONCE_IN_CLUSTER)
  // connect() itself only says "Connection is closed"; the reason comes as an event.
  let reason: Error | undefined
  client.on('error', (error: Error) => (reason ??= error))
  client.on('node error', (error: Error) => (reason ??= error))
  try {
    await Promise.race([client.connect(), hasEnded(client)])
    await client.ping()
    return readInfo(await client.info('server'))
  } catch (error) {
    throw reason ?? error
  } finally {
    client.disconnect()
  }
}

const ONCE = {
  connectTimeout: CONNECT_WITHIN_MS,
  commandTimeout: CONNECT_WITHIN_MS,
  maxRetriesPerRequest: 0,
  retryStrategy: () => null,
  sentinelRetryStrategy: () => null,
  sentinelCommandTimeout: CONNECT_WITHIN_MS,
}

const ONCE_IN_CLUSTER = {
  clusterRetryStrategy: () => null,
  slotsRefreshTimeout: CONNECT_WITHIN_MS,
  retryDelayOnFailover: 0,
  retryDelayOnClusterDown: 0,
}

/** A cluster that is down lets itself be asked, and is then left without a word to who waits for it. */
async function hasEnded(client: Redis | Cluster): Promise<never> {
  await new Promise<void>((resolve) => {
    client.once('end', resolve)
  })
  throw new Error('it is there, and says that it is down')
}

function readInfo(info: string): ServerInfo {
  return {
    version: /^(?:valkey|redis)_version:(\S+)/m.exec(info)?.[1] ?? 'unknown',
    mode: /^(?:redis|server)_mode:(\S+)/m.exec(info)?.[1] ?? 'standalone',
  }
}

function addressOf(url: string): RedisAddress {
  try {
    return parseRedisUrl(url)
  } catch (error) {
    if (!(error instanceof RedisUrlError)) throw error
    const message = `REDIS_URL ${error.message}. It should look like ${REDIS_URL_FORMS}.`
    throw new ServiceError('invalid-url', message, { cause: error })
  }
}

function wrongForm(place: string, mode: string): ServiceError {
  const what = mode === 'cluster' ? 'a node of a cluster' : `a ${mode}`
  return new ServiceError(
    'refused',
    `Redis at ${place} is ${what}, and REDIS_URL says that it is a server by itself. It should ` +
      `look like ${REDIS_URL_FORMS}.`,
  )
}

function explain(error: unknown, place: string): ServiceError {
  if (error instanceof RedisDatabaseError) {
    return new ServiceError('refused', error.message, { cause: error })
  }
  const { code, message = '' } = error as { code?: string; message?: string }
  if (/^(NOAUTH|WRONGPASS|NOPERM|ERR)/.test(message)) {
    const word = message.split(' ')[0]
    return new ServiceError(
      'refused',
      `Redis at ${place} refused (${word}). Check user and password in REDIS_URL.`,
      { cause: error },
    )
  }
  return new ServiceError(
    'unreachable',
    `No Redis answers at ${place} (${code ?? message}). Start it, correct REDIS_URL, or unset it ` +
      'to let the workbench look for one.',
    { cause: error },
  )
}
