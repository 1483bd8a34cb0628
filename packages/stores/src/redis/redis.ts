import { setTimeout as delay } from 'node:timers/promises'
import { Cluster, type ClusterOptions, type Redis } from 'ioredis'
import { NodeClock } from './node-clock.js'
import { writeTogether } from './write-together.js'
import { parseRedisUrl, redisClient, RedisDatabaseError } from './redis-address.js'

export interface RedisConnectionOptions {
  /** One server, a cluster or sentinels: see {@link parseRedisUrl}. */
  readonly url: string
  readonly onError?: (error: Error) => void
  /** Multiplies every time limit below. Only tests that aren't about these limits set it. Default 1. */
  readonly timeoutFactor?: number
}

export interface RedisConnection {
  readonly redis: Redis | Cluster
  /** Whether keys that one script reaches must share a hash slot. */
  readonly isCluster: boolean
  /**
   * The moment, in milliseconds on the monotonic clock of this process, after which a write sent now
   * must not run: the client has given up by then. First argument of every script made by
   * {@link defineWrite}; it is put on the clock of the server as it is sent there.
   */
  readonly deadline: () => number
  readonly close: () => Promise<void>
}

const COMMAND_TIMEOUT_MS = 500
/** After which a connection that brings no answer is given up: the line may be dead and Redis well. */
const SILENCE_MS = 1_500
const FIRST_ATTEMPT_MS = 1_000

/**
 * A client that answers or refuses at once: no offline queue, and nothing is sent again after a
 * reconnect, so a command that was refused cannot run later. What is sent again is what a node of a
 * cluster has refused to run, because the key lives elsewhere.
 *
 * @throws {RedisUrlError}
 * @throws {RedisDatabaseError} if the server answers and refuses the database
 */
export async function connectRedis(options: RedisConnectionOptions): Promise<RedisConnection> {
  const { timeoutFactor = 1 } = options
  const commandMs = COMMAND_TIMEOUT_MS * timeoutFactor
  const redis = redisClient(parseRedisUrl(options.url), clientOptions(timeoutFactor), {
    ...CLUSTER_OPTIONS,
    slotsRefreshTimeout: commandMs,
  })
  let isFirst = true
  let refusal: RedisDatabaseError | undefined
  const onError = (error: Error): void => {
    if (isFirst && error instanceof RedisDatabaseError) refusal = error
    // A refusal at the first attempt is thrown: an operator reads it once.
    if (!refusal) options.onError?.(error)
  }
  redis.on('error', onError)
  const end = neverEnding(redis)
  const clocks = redis instanceof Cluster ? followNodes(redis, onError) : [clockOf(redis)]
  await firstAttempt(redis, clocks, FIRST_ATTEMPT_MS * timeoutFactor)
  isFirst = false
  if (refusal) {
    end()
    throw refusal
  }
  return {
    redis,
    isCluster: redis instanceof Cluster,
    deadline: () => performance.now() + commandMs,
    close: async () => end(),
  }
}

/**
 * Connects again whenever the client has come to its end, until the returned function ends it. ioredis
 * gives up for good when it hears of a failover while it looks for the master: every failover may be that.
 */
function neverEnding(redis: Redis | Cluster): () => void {
  let isWanted = true
  redis.on('end', () => {
    const again = (): void => {
      if (isWanted) redis.connect().catch(() => undefined)
    }
    setTimeout(again, RECONNECT_AFTER_MS).unref()
  })
  return () => {
    isWanted = false
    redis.disconnect()
  }
}

/** After the end of a client, which has no attempts to count. */
const RECONNECT_AFTER_MS = 100

const retryStrategy = (attempt: number): number => Math.min(50 * attempt, COMMAND_TIMEOUT_MS)

const CLIENT_OPTIONS = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  commandTimeout: COMMAND_TIMEOUT_MS,
  socketTimeout: SILENCE_MS,
  connectTimeout: COMMAND_TIMEOUT_MS,
  retryStrategy,
  // Without one, the client would end for good when no sentinel answers.
  sentinelRetryStrategy: retryStrategy,
  sentinelCommandTimeout: COMMAND_TIMEOUT_MS,
  // Sentinels tell of a new master: the old one, which may only sleep, is left at once.
  failoverDetector: true,
  disconnectTimeout: 100,
  // A reconnect after READONLY finds the new primary.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
}

const CLUSTER_OPTIONS: ClusterOptions = {
  enableOfflineQueue: false,
  clusterRetryStrategy: retryStrategy,
  // Where the connection broke, the command may have run: it is refused, not sent again.
  retryDelayOnFailover: 0,
  retryDelayOnClusterDown: 0,
  retryDelayOnTryAgain: 50,
  maxRedirections: 4,
  slotsRefreshTimeout: COMMAND_TIMEOUT_MS,
  // A master that sleeps sends nobody elsewhere; the others tell who has taken its place.
  slotsRefreshInterval: 1_000,
  // Names are looked up at each connect, by the socket: certificates are for names.
  dnsLookup: (address, callback) => callback(null, address),
}

/** The options above with every time limit multiplied. */
function clientOptions(timeoutFactor: number): typeof CLIENT_OPTIONS {
  return {
    ...CLIENT_OPTIONS,
    commandTimeout: COMMAND_TIMEOUT_MS * timeoutFactor,
    socketTimeout: SILENCE_MS * timeoutFactor,
    connectTimeout: COMMAND_TIMEOUT_MS * timeoutFactor,
    sentinelCommandTimeout: COMMAND_TIMEOUT_MS * timeoutFactor,
  }
}

/**
 * Connects to every node of the cluster as it appears, replicas too: the one that becomes a master
 * is ready for commands, and its clock is known.
 */
function followNodes(cluster: Cluster, onError: (error: Error) => void): NodeClock[] {
  const first: NodeClock[] = []
  cluster.on('node error', onError)
  cluster.on('+node', (node: Redis) => {
    first.push(clockOf(node))
    node.connect().catch(() => undefined)
  })
  return first
}

/** Every command to `node` goes by its clock, and then out together with others. */
function clockOf(node: Redis): NodeClock {
  writeTogether(node)
  return new NodeClock(node)
}

/** A server may start before its Redis: a failed first attempt is logged and tried again. */
async function firstAttempt(
  redis: Redis | Cluster,
  clocks: readonly NodeClock[],
  withinMs: number,
): Promise<void> {
  const connected = async (): Promise<void> => {
    await redis.connect()
    await Promise.all(clocks.map(({ known }) => known))
  }
  const orNot = connected().catch(() => undefined)
  await Promise.race([orNot, delay(withinMs, undefined, { ref: false })])
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
 *
 * No client sets a deadline further away than the time that a command may take. One that is was made for
 * another clock: that of Redis was set back, and the write would be in time for as long as it was set back.
 */
export function defineWrite(redis: Redis | Cluster, name: string, script: WriteScript): void {
  const { commandTimeout = COMMAND_TIMEOUT_MS } = nodeOptions(redis)
  redis.defineCommand(name, {
    numberOfKeys: script.numberOfKeys,
    lua: `
local now = redis.call('TIME')
local left = tonumber(ARGV[1]) - (now[1] * 1000 + now[2] / 1000)
if left < 0 or left > ${2 * commandTimeout} then
  return redis.error_reply('LATE the client has given up this write')
end
${script.lua}`,
  })
}

function nodeOptions(redis: Redis | Cluster): { commandTimeout?: number | undefined } {
  return redis instanceof Cluster ? (redis.options.redisOptions ?? {}) : redis.options
}
