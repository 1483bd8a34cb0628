import type { ServerProgram } from '../program/server-program.js'
import { makeUsable } from '../process/usable-folder.js'
import { ServiceError } from '../service-error.js'
import { startRedisContainer } from './redis-container.js'
import { redisByUrl } from './redis-by-url.js'
import { type RedisProcessOptions, startRedisProgram } from './redis-process.js'
import { findRedisProgram } from './redis-program.js'
import type { RedisProcess, StartedRedis } from './started-redis.js'

/** Where to find a Redis, or where to keep one. */
export interface RedisOptions extends RedisProcessOptions {
  /** If given, this server is used as it is, and the other options have no effect. */
  readonly redisUrl?: string | undefined
  /** If given, and no URL, Redis runs in a container of this image. */
  readonly image?: string | undefined
  /** Finds the server program; by default `findRedisProgram`. */
  readonly findServer?: FindServer | undefined
}

/** Finds a server program, or says through `onProgress` why there is none. */
export type FindServer = (options: RedisProcessOptions) => Promise<ServerProgram | undefined>

/**
 * A Redis to talk to: the one that was given, else one in a container, else a private one. Undefined
 * if none can be had; `onProgress` was then told why and what to do, and the caller keeps its sessions
 * elsewhere.
 */
export async function startRedis(options: RedisOptions): Promise<StartedRedis | undefined> {
  if (options.redisUrl) return redisByUrl(options.redisUrl)
  if (options.image) return startRedisContainer({ ...options, image: options.image })
  const { findServer = findRedisProgram } = options
  makeUsable(options.folder)
  const program = await findServer(options)
  return program && startRedisProgram(program, options)
}

/** As `startRedis` without a URL, for those who cannot do without: throws `binaries-missing`. */
export async function startRedisProcess(
  options: RedisProcessOptions & { readonly findServer?: FindServer | undefined },
): Promise<RedisProcess> {
  return startRedisProgram(await redisProgramFor(options), options)
}

/** The program to run, and a folder to run it in. Throws `binaries-missing`. */
export async function redisProgramFor(
  options: RedisProcessOptions & { readonly findServer?: FindServer | undefined },
): Promise<ServerProgram> {
  const { findServer = findRedisProgram } = options
  const told: string[] = []
  const onProgress = (line: string): void => {
    told.push(line)
    options.onProgress?.(line)
  }
  makeUsable(options.folder)
  const program = await findServer({ ...options, onProgress })
  if (program) return program
  throw new ServiceError('binaries-missing', `No Redis can be had.\n${told.join('\n')}`)
}
