import { Redis } from 'ioredis'
import { ServiceError } from '../service-error.js'
import type { RedisByUrl } from './started-redis.js'

const CONNECT_WITHIN_MS = 5_000

/**
 * Connects once, to see that somebody answers and who; writes nothing.
 * Throws `invalid-url`, `unreachable` (nobody answers) or `refused` (somebody says no).
 */
export async function redisByUrl(url: string): Promise<RedisByUrl> {
  const place = describe(url)
  const version = await redisVersion(url).catch((error: unknown) => {
    throw explain(error, place)
  })
  const foundAs = `Redis ${version} at ${place}, given by REDIS_URL`
  return { kind: 'url', url, version, foundAs, stop: async () => {} }
}

/** Connects, PINGs, asks for the version and leaves. Throws what made the connection fail. */
export async function redisVersion(url: string): Promise<string> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_WITHIN_MS,
    commandTimeout: CONNECT_WITHIN_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  // connect() itself only says "Connection is closed"; the reason comes as an event.
  let reason: Error | undefined
  client.on('error', (error: Error) => (reason ??= error))
  try {
    await client.connect()
    await client.ping()
    return versionIn(await client.info('server'))
  } catch (error) {
    throw reason ?? error
  } finally {
    client.disconnect()
  }
}

function versionIn(info: string): string {
  return /^(?:valkey|redis)_version:(\S+)/m.exec(info)?.[1] ?? 'unknown'
}

function describe(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed?.hostname || !/^rediss?:$/.test(parsed.protocol)) {
    // The value itself is not repeated: it may hold a password.
    throw new ServiceError(
      'invalid-url',
      'REDIS_URL is not a Redis address. It should look like redis://:password@host:6379.',
    )
  }
  return `${parsed.hostname}:${parsed.port || '6379'}`
}

function explain(error: unknown, place: string): ServiceError {
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
