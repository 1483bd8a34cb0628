import { randomBytes } from 'node:crypto'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { ServiceError } from '../service-error.js'
import { startedAt } from './process-list.js'

/** Held by the one process that may run a server on a folder. */
export interface FolderLock {
  release(): void
}

/**
 * Takes the lock `path`, or throws `folder-in-use` if a living process holds it.
 *
 * The lock is a folder with one file in it, whose unique name is the owner's claim. A process moves its own
 * folder there, which fails while any claim is in the way. It removes the claims of dead processes one by
 * one, by name, so that it can never remove a claim that was made a moment ago.
 */
export function acquireLock(path: string, what: string): FolderLock {
  const claim = `${process.pid}-${randomBytes(4).toString('hex')}`
  const draft = `${path}.${claim}`
  try {
    mkdirSync(draft)
    // Pids come round again: the start time tells two processes apart.
    writeFileSync(join(draft, claim), `${process.pid} ${startedAt(process.pid)}\n`)
    while (!tryMove(draft, path)) removeIfStale(path, what)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return {
    release: () => {
      rmSync(join(path, claim), { force: true })
      ignoring(['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'], () => rmdirSync(path))
    },
  }
}

/** Does `work` while it holds the lock `path`; see {@link acquireLock}. */
export async function whileLocked<T>(
  path: string,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const lock = acquireLock(path, what)
  try {
    return await work()
  } finally {
    lock.release()
  }
}

/** The pid of the living process that holds the lock, if one does. */
export function lockHolder(path: string): number | undefined {
  const owners = claimsIn(path).map((claim) => livingOwner(claim))
  return owners.find((it) => it !== undefined)
}

/** Fails where there is a file, or a folder that is not empty. */
function tryMove(draft: string, path: string): boolean {
  return ignoring(['ENOTEMPTY', 'EEXIST', 'ENOTDIR'], () => renameSync(draft, path))
}

function removeIfStale(path: string, what: string): void {
  for (const claim of claimsIn(path)) {
    const holder = livingOwner(claim)
    if (holder !== undefined) throw inUse(path, what, holder)
    if (claim !== path) rmSync(claim, { recursive: true, force: true })
  }
  // Not every file system lets a folder replace an empty one.
  const isFree = ['ENOENT', 'ENOTEMPTY', 'EEXIST']
  if (!ignoring([...isFree, 'ENOTDIR'], () => rmdirSync(path))) {
    ignoring([...isFree, 'EISDIR', 'EPERM'], () => unlinkSync(path))
  }
}

/** The files that claim the lock; the lock itself if it is a file. */
function claimsIn(path: string): string[] {
  try {
    return readdirSync(path).map((name) => join(path, name))
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR' ? [path] : []
  }
}

function livingOwner(claim: string): number | undefined {
  const [, pid, started] = /^(\d+) (.+)$/.exec(readOrNothing(claim).trim()) ?? []
  return started !== undefined && startedAt(Number(pid)) === started ? Number(pid) : undefined
}

/** Does `work`; false if it fails with one of `codes`. */
function ignoring(codes: readonly string[], work: () => void): boolean {
  try {
    work()
    return true
  } catch (error) {
    if (codes.includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}

function inUse(path: string, what: string, holder: number): ServiceError {
  return new ServiceError(
    'folder-in-use',
    `Another workbench (process ${holder}) is running ${what} on this folder. Stop it first ` +
      `("npm run stop"), or give this one a folder of its own with WORKBENCH_FOLDER. (Lock: ${path})`,
  )
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
