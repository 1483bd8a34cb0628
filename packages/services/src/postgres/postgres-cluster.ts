import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { commandLine } from '../process/process-list.js'
import { serverEnvironment } from '../process/server-environment.js'
import { RESET_ADVICE, ServiceError } from '../service-error.js'
import type { PostgresBinaries } from './postgres-binaries.js'
import type { PostgresPlace } from './postgres-place.js'

/** The superuser of an embedded PostgreSQL. */
export const SUPERUSER: string = 'workbench'

const DRAFT = 'draft-'

/** Whether the place holds a data directory; a half-made one has another name. */
export function hasCluster({ data }: PostgresPlace): boolean {
  return existsSync(join(data, 'PG_VERSION'))
}

/**
 * Makes the data directory: under another name first, so that an interrupted attempt leaves
 * nothing that looks finished, and the next one starts afresh.
 */
export async function createCluster(
  place: PostgresPlace,
  binaries: PostgresBinaries,
  options: { password: string; durable: boolean },
): Promise<void> {
  removeDrafts(place)
  // A new name each time: an initdb that outlived its parent may still be writing to the last one.
  const draft = join(place.root, `${DRAFT}${randomUUID()}`)
  const passwordFile = `${draft}.password`
  mkdirSync(draft, { mode: 0o700 })
  writeFileSync(passwordFile, options.password, { mode: 0o600, flag: 'wx' })
  for (const path of [draft, passwordFile]) giveTo(place, path)
  try {
    await runInitdb(place, binaries, initdbArguments(draft, passwordFile, options.durable))
    renameSync(draft, place.data)
  } finally {
    removeDrafts(place)
  }
}

/** Throws `data-not-usable` if something else is where the data should be. */
export function checkNoRemains({ data }: PostgresPlace): void {
  if (!existsSync(data) || (statSync(data).isDirectory() && readdirSync(data).length === 0)) return
  throw new ServiceError(
    'data-not-usable',
    `The data in ${data} are damaged: PG_VERSION is missing. ${RESET_ADVICE}`,
  )
}

/** Throws `data-not-usable` if the data are of another major version than the programs. */
export function checkVersion({ data }: PostgresPlace, { version }: PostgresBinaries): void {
  const made = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
  if (made === version.split(/[.a-z]/)[0]) return
  throw new ServiceError(
    'data-not-usable',
    `The data in ${data} are of PostgreSQL ${made}, and the server is ${version}. ${RESET_ADVICE}`,
  )
}

/**
 * Removes the lock file of a dead server. PostgreSQL does so itself, unless its pid has come round
 * to some other process. The caller has made sure that no server of ours is left.
 */
export function removeStalePidFile({ data }: PostgresPlace): void {
  const path = join(data, 'postmaster.pid')
  if (!existsSync(path)) return
  const pid = Number(readFileSync(path, 'utf8').split('\n')[0])
  const command = commandLine(pid) ?? ''
  if (/(^|\/)postgres\b/.test(command) && command.includes(data)) {
    throw new ServiceError(
      'folder-in-use',
      `A PostgreSQL that the workbench did not start (process ${pid}) runs on ${data}. Stop it.`,
    )
  }
  rmSync(path)
}

function removeDrafts({ root }: PostgresPlace): void {
  const drafts = readdirSync(root).filter((name) => name.startsWith(DRAFT))
  for (const name of drafts) {
    rmSync(join(root, name), { recursive: true, force: true, maxRetries: 5 })
  }
}

function giveTo({ account }: PostgresPlace, path: string): void {
  if (account) chownSync(path, account.uid, account.gid)
}

function initdbArguments(data: string, passwordFile: string, durable: boolean): string[] {
  return [
    `--pgdata=${data}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The same order of strings on every machine.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ]
}

async function runInitdb(
  { account }: PostgresPlace,
  { initdb }: PostgresBinaries,
  args: string[],
): Promise<void> {
  // In a session of its own, so that Ctrl-C does not end it behind our back.
  const child = spawn(initdb, args, {
    ...account,
    cwd: '/',
    detached: true,
    env: serverEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text))
  const status = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (status !== 0) throw new ServiceError('start-failed', `initdb failed:\n${words.trim()}`)
}
