import type { ServerCommand } from '../process/server-process.js'
import { serverEnvironment } from '../process/server-environment.js'
import { folderTag, runTag } from '../process/server-tag.js'
import type { PostgresBinaries } from './postgres-binaries.js'
import type { PostgresPlace } from './postgres-place.js'

/** A "fast" shutdown: clients are cut off, what they committed is kept. */
export const POSTGRES_STOP_SIGNAL = 'SIGINT' as const

/** The mark of a folder's PostgreSQL. */
export function postgresTag(folder: string): string {
  return folderTag('postgres', folder)
}

/** How to run the server on `port`, once; `tag` is the folder's. */
export function postgresCommand(
  place: PostgresPlace,
  { postgres }: PostgresBinaries,
  options: { port: number; tag: string; durable: boolean },
): ServerCommand {
  const tag = runTag(options.tag)
  const settings = [...settingsFor(options.port, tag), ...(options.durable ? [] : FLEETING)]
  return {
    program: postgres,
    args: ['-D', place.data, ...settings.flatMap((setting) => ['-c', setting])],
    env: serverEnvironment(),
    account: place.account,
    tag,
    log: place.log,
    stopSignal: POSTGRES_STOP_SIGNAL,
  }
}

function settingsFor(port: number, tag: string): string[] {
  return [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    // In the process title of the server and, by way of this, in that of each of its children.
    `cluster_name=${tag}`,
    ...SERVER_SETTINGS,
  ]
}

/** Settings of a server of ours, wherever it runs. */
export const SERVER_SETTINGS: readonly string[] = [
  // Two servers, a few instances of each, and tests: ten connections each.
  'max_connections=200',
  // The witness: counts every statement.
  'shared_preload_libraries=pg_stat_statements',
  'timezone=UTC',
  'log_timezone=UTC',
]

/** Nothing waits for the disk. What a crash of the machine leaves is not to be used. */
export const FLEETING: readonly string[] = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
]
