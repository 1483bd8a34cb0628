import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { folderTag } from '../process/server-tag.js'

/** Where a folder's balancer keeps what it needs while it runs. Nothing of it is worth keeping. */
export interface BalancerPlace {
  readonly config: string
  readonly log: string
  readonly adminSocket: string
  remove(): void
}

/** Asks a balancer that nobody needs any more to go at once. */
export const BALANCER_ORPHAN_SIGNAL = 'SIGTERM' as const

// A socket's path has 104 bytes on macOS, 108 on Linux; HAProxy adds its pid while it makes one.
const MAX_SOCKET_PATH = 90

/** The folder of the balancer, below the workbench's. */
export function balancerFolder(folder: string): string {
  return join(resolve(folder), 'balancer')
}

/** The file that the running workbench holds. */
export function balancerLockPath(folder: string): string {
  return join(folder, 'balancer.lock')
}

/** The mark of a folder's balancer. */
export function balancerTag(folder: string): string {
  return folderTag('balancer', folder)
}

export function balancerPlace(folder: string): BalancerPlace {
  const own = balancerFolder(folder)
  mkdirSync(own, { recursive: true, mode: 0o700 })
  chmodSync(own, 0o700)
  const inOwn = join(own, 'admin.sock')
  const isShort = Buffer.byteLength(inOwn) <= MAX_SOCKET_PATH
  const elsewhere = isShort ? undefined : mkdtempSync(join(tmpdir(), 'wb-'))
  const adminSocket = elsewhere === undefined ? inOwn : join(elsewhere, 'admin.sock')
  rmSync(adminSocket, { force: true })
  return {
    config: join(own, 'haproxy.cfg'),
    log: join(own, 'server.log'),
    adminSocket,
    remove: () => {
      rmSync(adminSocket, { force: true })
      if (elsewhere !== undefined) rmSync(elsewhere, { recursive: true, force: true })
    },
  }
}
