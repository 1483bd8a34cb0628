import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { ServiceError } from '../service-error.js'
import { startedAt } from './process-list.js'

/** Held by the one process that may run a server on a folder. */
export interface FolderLock {
  release(): void
}

/**
 * Takes the lock file `path`, or throws `folder-in-use` if a living process holds it.
 * The file names its owner by pid and start time, since pids come round again.
 */
export function acquireLock(path: string, what: string): FolderLock {
  const own = `${process.pid} ${startedAt(process.pid)}\n`
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, own, { mode: 0o600 })
  try {
    while (!tryLink(draft, path)) removeIfStale(path, what)
  } finally {
    rmSync(draft, { force: true })
  }
  return { release: () => readOrNothing(path) === own && rmSync(path, { force: true }) }
}

/** The pid of the living process that holds the lock, if one does. */
export function lockHolder(path: string): number | undefined {
  const [pid, started] = readOrNothing(path).trim().split(' ')
  if (!pid || startedAt(Number(pid)) !== started) return undefined
  return Number(pid)
}

// link() fails if the name exists, and the file is whole from its first moment.
function tryLink(draft: string, path: string): boolean {
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function removeIfStale(path: string, what: string): void {
  const holder = lockHolder(path)
  if (holder !== undefined) throw inUse(path, what, holder)
  // By rename, so that of two processes only one removes it, and can look at what it took.
  const taken = `${path}.stale.${process.pid}`
  try {
    renameSync(path, taken)
  } catch {
    return
  }
  if (lockHolder(taken) !== undefined) tryLink(taken, path)
  rmSync(taken, { force: true })
}

function inUse(path: string, what: string, holder: number): ServiceError {
  return new ServiceError(
    'folder-in-use',
    `Another workbench (process ${holder}) is running ${what} on this folder. Stop it first, ` +
      `or give this one a folder of its own. (Lock file: ${path})`,
  )
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
