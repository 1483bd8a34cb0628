import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ManagedServer } from '../process/managed-server.js'
import { stopOrphans } from '../process/orphans.js'
import { randomSecret } from '../process/secret-file.js'
import type { ServerProcess } from '../process/server-process.js'
import type { ServerProgram } from '../program/server-program.js'
import { ServiceError } from '../service-error.js'
import { redisVersion } from './redis-by-url.js'
import { REDIS_STOP_SIGNAL, redisCommand, redisDataPath, redisTag } from './redis-command.js'
import type { RedisProcess } from './started-redis.js'

/** What a private Redis needs to know. */
export interface RedisProcessOptions {
  /** The workbench's ignored folder; made if missing. The data live in `folder/redis`. */
  readonly folder: string
  /** True by default: an append-only file. False keeps nothing over a restart: for tests. */
  readonly durable?: boolean | undefined
  /** Told, in lines for people, what takes time and what was repaired. */
  readonly onProgress?: ((line: string) => void) | undefined
}

/** What only a member of a group of servers needs. */
export interface RedisMember {
  /** The same for all of them. */
  readonly password: string
  /** Further lines of the configuration. */
  readonly settings: (port: number) => readonly string[]
}

const READY_WITHIN_MS = 60_000

/** The file that the running workbench holds. */
export function redisLockPath(folder: string): string {
  return join(folder, 'redis.lock')
}

/**
 * Runs `program` as a private Redis on 127.0.0.1, with a password of its own.
 *
 * It ends with `stop()`, or by itself when this process dies. Throws `ServiceError`:
 * `folder-in-use` if another workbench runs on the folder, `start-failed` or `start-timed-out`
 * with what the server said.
 */
export async function startRedisProgram(
  program: ServerProgram,
  options: RedisProcessOptions,
  { password, settings }: RedisMember = { password: randomSecret(), settings: () => [] },
): Promise<RedisProcess> {
  const { folder, durable = true, onProgress = () => {} } = options
  const url = (port: number): string => `redis://:${password}@127.0.0.1:${port}`
  const server = await ManagedServer.start(
    { what: 'Redis', lockPath: redisLockPath(folder), data: redisDataPath(folder) },
    async () => {
      mkdirSync(redisDataPath(folder), { recursive: true, mode: 0o700 })
      const orphans = await stopOrphans(redisTag(folder), REDIS_STOP_SIGNAL)
      if (orphans > 0) onProgress('Redis: stopped one that an earlier run left behind')
      return {
        command: (port) =>
          redisCommand(program, { folder, port, password, durable, settings: settings(port) }),
        waitUntilReady: (process, port) => waitForRedis(process, url(port)),
      }
    },
  )
  return redisProcess(server, program, url(server.port))
}

/** Returns when the server answers, or has exited. */
export async function waitForRedis(server: ServerProcess, url: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (!server.hasExited) {
    // LOADING is an error too, until the append-only file is read.
    const isReady = await redisVersion(url).then(
      () => true,
      () => false,
    )
    if (isReady) return
    if (Date.now() > deadline) throw timedOut(server)
    await sleep(15)
  }
}

function redisProcess(server: ManagedServer, program: ServerProgram, url: string): RedisProcess {
  const { port } = server
  const name = basename(program.path) === 'valkey-server' ? 'Valkey' : 'Redis'
  return {
    kind: 'process',
    port,
    isRunning: async () => !server.hasExited,
    url,
    version: program.version,
    foundAs: `${name} ${program.version}, private, on 127.0.0.1:${port}, ${program.origin}`,
    pids: () => server.pids(),
    stop: () => server.stop(),
    kill: () => server.kill(),
    pause: () => server.pause(),
    resume: () => server.resume(),
    restart: () => server.restart(),
  }
}

function timedOut(server: ServerProcess): ServiceError {
  const message = `Redis did not get ready in a minute:\n${server.lastWords()}`
  return new ServiceError('start-timed-out', message)
}
