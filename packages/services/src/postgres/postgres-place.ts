import { randomUUID } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type Account, canEnter, isRoot, unprivilegedAccount } from '../process/account.js'
import { folderHash } from '../process/folder-hash.js'
import { ServiceError } from '../service-error.js'

/** Where an embedded PostgreSQL lives, and as whom. */
export interface PostgresPlace {
  /** Ours, and open to be entered: what is secret below has a mode of its own. */
  readonly root: string
  /** The data directory; the account's, mode 0700. */
  readonly data: string
  readonly log: string
  /** A copy of the binaries, if those of node_modules cannot be used. */
  readonly binaries: string
  /** The account to run as; undefined for that of this process. */
  readonly account: Account | undefined
}

/**
 * Chooses the place for the data of `folder` without making it.
 *
 * An ordinary user keeps all in `folder/postgres`. Started by root, PostgreSQL runs as another
 * account, which may be unable to get there (a clone below /root, say). Then the data live outside:
 * in /var/lib when they are to last, else in the folder for temporary files. Data that exist are
 * never left behind for another place.
 */
export function choosePlace(folder: string, durable: boolean): PostgresPlace {
  const inside = join(resolve(folder), 'postgres')
  if (!isRoot()) return place(inside, undefined)
  const outside = outsidePlaces(folder)[durable ? 'lasting' : 'temporary']
  for (const root of [inside, outside]) {
    const owner = ownerOf(join(root, 'data'))
    if (owner) return place(root, owner)
  }
  const account = unprivilegedAccount()
  return place(canEnter(nearestFolder(folder), account) ? inside : outside, account)
}

/** Makes the place's folder; throws `folder-not-usable` if its account cannot get there. */
export function makePlace({ root, account }: PostgresPlace, folder: string): void {
  mkdirSync(root, { recursive: true })
  const isInside = dirname(root) === resolve(folder)
  checkOwner(root, isInside && isRoot())
  // Whatever the umask: the account must pass.
  chmodSync(root, 0o711)
  if (!isInside) writeFileSync(join(root, 'made-for'), `${resolve(folder)}\n`, { mode: 0o600 })
  if (canEnter(root, account)) return
  throw notUsable(
    `PostgreSQL runs as user ${account?.uid}, which cannot enter ${root}. Let others pass through ` +
      'the folders above it (chmod o+x), or remove the data with "npm run reset".',
  )
}

// In a folder where anyone may write, the name could be a trap that someone else has set.
function checkOwner(root: string, mayBeAnothers: boolean): void {
  const found = lstatSync(root)
  const isOwn = found.uid === process.getuid?.()
  if (found.isDirectory() && (isOwn || mayBeAnothers)) return
  throw notUsable(`${root} belongs to another user. Remove it, or start as that user.`)
}

/** Removes every place that `folder` may have used, and all data with it. */
export function removePlaces(folder: string): void {
  const outside = isRoot() ? Object.values(outsidePlaces(folder)) : []
  for (const root of [join(resolve(folder), 'postgres'), ...outside]) {
    const { data } = place(root, undefined)
    // Renamed first: if this is interrupted, nothing half removed is taken for data.
    if (existsSync(data)) renameSync(data, join(root, `draft-${randomUUID()}`))
    rmSync(root, { recursive: true, force: true })
  }
}

// Before the first start, the folder itself is not there yet.
function nearestFolder(folder: string): string {
  return existsSync(folder) ? folder : nearestFolder(dirname(resolve(folder)))
}

function outsidePlaces(folder: string): { lasting: string; temporary: string } {
  const name = `session-vs-jwt-workbench-${folderHash(folder)}`
  return { lasting: join('/var/lib', name), temporary: join(tmpdir(), name) }
}

function notUsable(message: string): ServiceError {
  return new ServiceError('folder-not-usable', message)
}

function place(root: string, account: Account | undefined): PostgresPlace {
  const at = (name: string): string => join(root, name)
  return { root, account, data: at('data'), log: at('server.log'), binaries: at('binaries') }
}

// Data that an ordinary user made stay theirs when root comes by.
function ownerOf(path: string): Account | undefined {
  const owner = statSync(path, { throwIfNoEntry: false })
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : undefined
}
