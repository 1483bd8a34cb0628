import { join } from 'node:path'
import { ManagedServer, type ServerRecipe } from '../process/managed-server.js'
import { stopOrphans } from '../process/orphans.js'
import { secretFile } from '../process/secret-file.js'
import { makeUsable } from '../process/usable-folder.js'
import { usableBinaries } from './postgres-binaries.js'
import {
  checkNoRemains,
  checkVersion,
  createCluster,
  hasCluster,
  removeStalePidFile,
  SUPERUSER,
} from './postgres-cluster.js'
import { POSTGRES_STOP_SIGNAL, postgresCommand, postgresTag } from './postgres-command.js'
import { waitForPostgres } from './postgres-database.js'
import { choosePlace, makePlace, type PostgresPlace } from './postgres-place.js'
import type { EmbeddedPostgres } from './started-postgres.js'

/** What an embedded PostgreSQL needs to know. */
export interface EmbeddedPostgresOptions {
  /** The workbench's ignored folder; made if missing. The data live in `folder/postgres`. */
  readonly folder: string
  /** Created if missing, with pg_stat_statements in it. `workbench` by default. */
  readonly database?: string | undefined
  /** False gives up safety in a crash of the machine for speed: for tests. True by default. */
  readonly durable?: boolean | undefined
  /** Told, in lines for people, what takes time and what was repaired. */
  readonly onProgress?: ((line: string) => void) | undefined
}

interface Prepared extends ServerRecipe {
  readonly place: PostgresPlace
  readonly version: string
  readonly url: (port: number) => string
}

/** The file that the running workbench holds. */
export function postgresLockPath(folder: string): string {
  return join(folder, 'postgres.lock')
}

/** The file with the superuser's password, mode 0600. */
export function postgresPasswordPath(folder: string): string {
  return join(folder, 'postgres-password')
}

/**
 * Starts a PostgreSQL of our own on 127.0.0.1, on the data that an earlier start left, if any.
 * Nothing is installed, no system account is made, and it runs under root too.
 *
 * It ends with `stop()`, or by itself when this process dies. Throws `ServiceError`:
 * `folder-in-use` if another workbench runs on the folder, else a code whose message says what to
 * do.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  makeUsable(options.folder)
  const { folder, durable = true } = options
  let prepared: Prepared | undefined
  const { data } = choosePlace(folder, durable)
  const server = await ManagedServer.start(
    { what: 'PostgreSQL', lockPath: postgresLockPath(folder), data },
    async () => (prepared = await prepare(options)),
  )
  return embedded(server, prepared as Prepared)
}

async function prepare(options: EmbeddedPostgresOptions): Promise<Prepared> {
  const { folder, database = 'workbench', durable = true, onProgress = () => {} } = options
  const place = choosePlace(folder, durable)
  makePlace(place, folder)
  const binaries = usableBinaries(place)
  const tag = postgresTag(folder)
  const orphans = await stopOrphans(tag, POSTGRES_STOP_SIGNAL)
  if (orphans > 0) onProgress('PostgreSQL: stopped one that an earlier run left behind')
  const password = secretFile(postgresPasswordPath(folder))
  if (!hasCluster(place)) {
    checkNoRemains(place)
    onProgress(`PostgreSQL: first start, creating the data in ${place.data}`)
    await createCluster(place, binaries, { password, durable })
  }
  checkVersion(place, binaries)
  removeStalePidFile(place)
  const url = (port: number): string =>
    `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`
  return {
    place,
    version: binaries.version,
    url,
    command: (port) => postgresCommand(place, binaries, { port, tag, durable }),
    waitUntilReady: (process, port) => waitForPostgres(process, url(port), place.data),
  }
}

function embedded(server: ManagedServer, { place, version, url }: Prepared): EmbeddedPostgres {
  const { port } = server
  return {
    kind: 'embedded',
    port,
    isRunning: async () => !server.hasExited,
    url: url(port),
    version,
    foundAs: `PostgreSQL ${version}, embedded, on 127.0.0.1:${port}, data in ${place.data}`,
    pids: () => server.pids(),
    stop: () => server.stop(),
    kill: () => server.kill(),
    pause: () => server.pause(),
    resume: () => server.resume(),
    restart: () => server.restart(),
  }
}
