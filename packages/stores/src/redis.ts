import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'

export interface RedisConnectionOptions {
  readonly url: string
  readonly onError?: (error: Error) => void
}

export interface RedisConnection {
  readonly redis: Redis
  /**
   * The moment, in milliseconds on the clock of Redis, after which a write sent now must not run:
   * the client has given up by then. First argument of every script made by {@link defineWrite}.
   */
  readonly deadline: () => number
  readonly close: () => Promise<void>
}

const COMMAND_TIMEOUT_MS = 500

/**
 * A client that answers or refuses at once: no offline queue, and nothing is sent again after a
 * reconnect, so a command that was refused cannot run later.
 */
export async function connectRedis(options: RedisConnectionOptions): Promise<RedisConnection> {
  const redis = new Redis(options.url, CLIENT_OPTIONS)
  redis.on('error', (error: Error) => options.onError?.(error))
  const clock = followRedisClock(redis)
  await firstAttempt(redis)
  return {
    redis,
    deadline: () => clock() + COMMAND_TIMEOUT_MS,
    close: async () => {
      redis.disconnect()
    },
  }
}

const CLIENT_OPTIONS = {
  lazyConnect: true,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  commandTimeout: COMMAND_TIMEOUT_MS,
  connectTimeout: COMMAND_TIMEOUT_MS,
  retryStrategy: (attempt: number) => Math.min(50 * attempt, COMMAND_TIMEOUT_MS),
  // A reconnect after READONLY finds the new primary.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
}

/** A server may start before its Redis: a failed first attempt is logged and tried again. */
async function firstAttempt(redis: Redis): Promise<void> {
  const connected = redis.connect().catch(() => undefined)
  await Promise.race([connected, delay(1_000, undefined, { ref: false })])
}

/**
 * Reads the clock of Redis at each connect and carries it on with the monotonic clock of this
 * process, so that neither a wrong wall clock here nor one that jumps moves a deadline.
 */
function followRedisClock(redis: Redis): () => number {
  let offset = Date.now() - performance.now()
  const readClock = async (): Promise<void> => {
    const sentAt = performance.now()
    const [seconds, microseconds] = await redis.time()
    const halfWay = (sentAt + performance.now()) / 2
    offset = Number(seconds) * 1000 + Number(microseconds) / 1000 - halfWay
  }
  redis.on('ready', () => {
    // Where the connection breaks again, the next 'ready' reads it.
    readClock().catch(() => undefined)
  })
  return () => Math.round(offset + performance.now())
}

/** A script that writes; see {@link defineWrite}. */
export interface WriteScript {
  readonly numberOfKeys: number
  readonly lua: string
}

/**
 * Makes `redis[name](...keys, deadline, ...arguments)`. A paused Redis still reads what waits in its
 * socket when it wakes up, long after the client was told 503. The deadline makes such a write refuse
 * itself. In the script, `ARGV[1]` is the deadline; the arguments begin at `ARGV[2]`.
 */
export function defineWrite(redis: Redis, name: string, script: WriteScript): void {
  redis.defineCommand(name, {
    numberOfKeys: script.numberOfKeys,
    lua: `
local now = redis.call('TIME')
if now[1] * 1000 + now[2] / 1000 > tonumber(ARGV[1]) then
  return redis.error_reply('LATE the client has given up this write')
end
${script.lua}`,
  })
}
