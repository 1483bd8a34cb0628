import { basename, join, resolve } from 'node:path'
import type { ServerCommand } from '../process/server-process.js'
import { folderTag, runTag } from '../process/server-tag.js'
import { programEnvironment, type ServerProgram } from '../program/server-program.js'
import { redisConfig } from './redis-config.js'

/** Asks Redis for an orderly end. */
export const REDIS_STOP_SIGNAL = 'SIGTERM' as const

/** The folder with the append-only file. */
export function redisDataPath(folder: string): string {
  return join(resolve(folder), 'redis')
}

/** The mark of a folder's Redis. */
export function redisTag(folder: string): string {
  return folderTag('redis', folder)
}

/** How to run the program on `port`, once. */
export function redisCommand(
  program: ServerProgram,
  options: {
    folder: string
    port: number
    password: string
    durable: boolean
    settings?: readonly string[] | undefined
  },
): ServerCommand {
  const tag = runTag(redisTag(options.folder))
  const data = redisDataPath(options.folder)
  return {
    program: program.path,
    // Redis shows argv[0] in its process title, whatever its version.
    argv0: `${basename(program.path)} ${tag}`,
    // The configuration comes by standard input: a password in an argument is public.
    args: ['-'],
    input: redisConfig({ ...options, bind: '127.0.0.1', data }),
    env: programEnvironment(program.libraries),
    tag,
    log: join(data, 'server.log'),
    stopSignal: REDIS_STOP_SIGNAL,
  }
}
