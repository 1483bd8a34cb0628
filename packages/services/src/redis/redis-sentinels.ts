import { existsSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Redis } from 'ioredis'
import { ManagedServer } from '../process/managed-server.js'
import { randomSecret } from '../process/secret-file.js'
import type { ServerCommand } from '../process/server-process.js'
import { folderTag, runTag } from '../process/server-tag.js'
import { programEnvironment, type ServerProgram } from '../program/server-program.js'
import { agreed, isInStep, memberFolder, stopAll } from './redis-cluster.js'
import { REDIS_STOP_SIGNAL } from './redis-command.js'
import { quoted } from './redis-config.js'
import { type RedisProcessOptions, startRedisProgram, waitForRedis } from './redis-process.js'
import { type FindServer, redisProgramFor } from './start-redis.js'
import type { RedisProcess } from './started-redis.js'

/** A master, its replica, and three sentinels that put the one in the place of the other. */
export interface RedisWithSentinels {
  /** `redis+sentinel://…` with the password: a secret. */
  readonly url: string
  /** The master first, as it was at the start. */
  readonly servers: readonly RedisProcess[]
  stop(): Promise<void>
}

export interface RedisWithSentinelsOptions extends RedisProcessOptions {
  readonly findServer?: FindServer | undefined
  /** Milliseconds of silence after which the master is taken for dead. Redis' own default is 30 s. */
  readonly downAfterMs?: number | undefined
}

const MASTER_NAME = 'workbench'
const SENTINELS = 3

/** Starts all of them on 127.0.0.1. Throws as `startRedisProcess` does. */
export async function startRedisWithSentinels(
  options: RedisWithSentinelsOptions,
): Promise<RedisWithSentinels> {
  const { folder, durable, downAfterMs = 2_000 } = options
  const program = await redisProgramFor(options)
  const password = randomSecret()
  const servers: RedisProcess[] = []
  const sentinels: ManagedServer[] = []
  const stop = async (): Promise<void> => {
    // The watchers first, or they would see the others go and act.
    await Promise.all(sentinels.map(async (it) => it.stop()))
    await stopAll(servers)
  }
  const startServer = async (name: string, replicaOf?: number): Promise<RedisProcess> => {
    const settings = () => [
      `masterauth ${quoted(password)}`,
      'repl-diskless-sync-delay 0',
      ...(replicaOf === undefined ? [] : [`replicaof 127.0.0.1 ${replicaOf}`]),
    ]
    const own = { folder: memberFolder(folder, name), durable }
    const server = await startRedisProgram(program, own, { password, settings })
    servers.push(server)
    return server
  }
  try {
    const master = await startServer('server-1')
    const replica = await startServer('server-2', master.port)
    await asked([replica.url], isInStep)
    const watched = { password, masterPort: master.port, downAfterMs }
    for (let n = 1; n <= SENTINELS; n += 1) {
      sentinels.push(await startSentinel(program, memberFolder(folder, `sentinel-${n}`), watched))
    }
    await asked(
      sentinels.map(({ port }) => `redis://:${password}@127.0.0.1:${port}`),
      knowsAll,
    )
  } catch (error) {
    await stop()
    throw error
  }
  const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')
  const url = `redis+sentinel://:${password}@${hosts}/${MASTER_NAME}?sentinel_password=${password}`
  return { url, servers, stop }
}

interface Watched {
  readonly password: string
  readonly masterPort: number
  readonly downAfterMs: number
}

async function startSentinel(
  program: ServerProgram,
  folder: string,
  watched: Watched,
): Promise<ManagedServer> {
  return ManagedServer.start(
    { what: 'a sentinel', lockPath: join(folder, 'sentinel.lock') },
    async () => ({
      command: (port) => sentinelCommand(program, folder, port, watched),
      waitUntilReady: (process, port) =>
        waitForRedis(process, `redis://:${watched.password}@127.0.0.1:${port}`),
    }),
  )
}

/** A sentinel keeps what it learns in its configuration, which therefore is a file. */
function sentinelCommand(
  program: ServerProgram,
  folder: string,
  port: number,
  watched: Watched,
): ServerCommand {
  const tag = runTag(folderTag('redis', folder))
  const file = join(folder, `sentinel-${port}.conf`)
  if (!existsSync(file)) writeFileSync(file, sentinelConfig(folder, port, watched), { mode: 0o600 })
  return {
    program: program.path,
    argv0: `${basename(program.path)} ${tag}`,
    args: [file, '--sentinel'],
    env: programEnvironment(program.libraries),
    tag,
    log: join(folder, 'server.log'),
    stopSignal: REDIS_STOP_SIGNAL,
  }
}

function sentinelConfig(folder: string, port: number, watched: Watched): string {
  const { password, masterPort, downAfterMs } = watched
  const lines = [
    'bind 127.0.0.1',
    'protected-mode yes',
    `port ${port}`,
    `dir ${quoted(folder)}`,
    `requirepass ${quoted(password)}`,
    `sentinel sentinel-pass ${quoted(password)}`,
    `sentinel monitor ${MASTER_NAME} 127.0.0.1 ${masterPort} ${Math.ceil(SENTINELS / 2)}`,
    `sentinel auth-pass ${MASTER_NAME} ${quoted(password)}`,
    `sentinel down-after-milliseconds ${MASTER_NAME} ${downAfterMs}`,
    `sentinel failover-timeout ${MASTER_NAME} 10000`,
  ]
  return `${lines.join('\n')}\n`
}

async function knowsAll(sentinel: Redis): Promise<boolean> {
  const told = (await sentinel.call('SENTINEL', 'MASTER', MASTER_NAME)) as string[]
  const value = (name: string): number => Number(told[told.indexOf(name) + 1])
  return value('num-slaves') === 1 && value('num-other-sentinels') === SENTINELS - 1
}

async function asked(
  urls: readonly string[],
  holds: (client: Redis) => Promise<boolean>,
): Promise<void> {
  const clients = urls.map((url) => new Redis(url, { protocol: 2 }))
  try {
    await agreed(clients, holds)
  } finally {
    for (const client of clients) client.disconnect()
  }
}
