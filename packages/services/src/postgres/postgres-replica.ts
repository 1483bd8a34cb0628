import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { Client } from 'pg'
import { folderHash } from '../process/folder-hash.js'
import { makeUsable } from '../process/usable-folder.js'
import {
  type EmbeddedPostgresOptions,
  postgresPasswordPath,
  startEmbeddedPostgres,
} from './embedded-postgres.js'
import { choosePlace, makePlace, type PostgresPlace } from './postgres-place.js'
import type { EmbeddedPostgres } from './started-postgres.js'

/** What a replica of an embedded PostgreSQL needs to know. */
export interface PostgresReplicaOptions extends EmbeddedPostgresOptions {
  /** The folder of the primary, which runs. `folder` is the replica's own. */
  readonly primaryFolder: string
  readonly primary: EmbeddedPostgres
}

/**
 * Starts a streaming replica (a hot standby) of an embedded PostgreSQL, from a base backup that is taken by
 * copying its files: the embedded programs lack `pg_basebackup`. Takes as long as the copy. Throws as
 * `startEmbeddedPostgres` does.
 *
 * @see https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP
 */
export async function startPostgresReplica(
  options: PostgresReplicaOptions,
): Promise<EmbeddedPostgres> {
  const { folder, primaryFolder, primary, durable = true, ...rest } = options
  makeUsable(folder)
  const place = choosePlace(folder, durable)
  makePlace(place, folder)
  const { password } = new URL(primary.url)
  writeFileSync(postgresPasswordPath(folder), `${password}\n`, { mode: 0o600 })
  await copyCluster(primary, choosePlace(primaryFolder, durable), place)
  return startEmbeddedPostgres({ ...rest, folder, durable })
}

async function copyCluster(
  primary: EmbeddedPostgres,
  from: PostgresPlace,
  to: PostgresPlace,
): Promise<void> {
  const slot = `replica_${folderHash(to.root)}`
  // Under its own name only when whole, as a new data directory is.
  const draft = join(to.root, 'draft-replica')
  const client = new Client({ connectionString: primary.url })
  await client.connect()
  try {
    // Keeps what the replica will ask for, from now on.
    await client.query('SELECT pg_create_physical_replication_slot($1, true)', [slot])
    await client.query(`SELECT pg_backup_start('replica', true)`)
    cpSync(from.data, draft, { recursive: true, filter: (path) => isCopied(from.data, path) })
    const { rows } = await client.query<{ labelfile: string }>(
      'SELECT labelfile FROM pg_backup_stop(false)',
    )
    writeFileSync(join(draft, 'backup_label'), rows[0]?.labelfile ?? '')
  } finally {
    await client.end()
  }
  writeFileSync(join(draft, 'standby.signal'), '')
  appendFileSync(join(draft, 'postgresql.auto.conf'), followSettings(primary, slot))
  giveAll(draft, to)
  renameSync(draft, to.data)
}

/** Folders whose content belongs to the running server, or comes with the stream. */
const LEFT_EMPTY: ReadonlySet<string> = new Set([
  'pg_dynshmem',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
  'pg_wal',
])

function isCopied(data: string, path: string): boolean {
  if (LEFT_EMPTY.has(relative(data, dirname(path)))) return false
  return !/^(postmaster\.(pid|opts)|pg_internal\.init.*|pgsql_tmp.*)$/.test(basename(path))
}

function followSettings(primary: EmbeddedPostgres, slot: string): string {
  const { username, password, port } = new URL(primary.url)
  const server = `host=127.0.0.1 port=${port} user=${username} password=${password}`
  return `primary_conninfo = '${server} application_name=${slot}'\nprimary_slot_name = '${slot}'\n`
}

function giveAll(folder: string, { account }: PostgresPlace): void {
  mkdirSync(join(folder, 'pg_wal', 'archive_status'), { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  if (!account) return
  const names = readdirSync(folder, { recursive: true }) as string[]
  for (const name of ['.', ...names]) chownSync(join(folder, name), account.uid, account.gid)
}
