import { randomBytes } from 'node:crypto'
import { folderHash } from './folder-hash.js'

/** The mark of all servers that were ever started on a folder: by it, orphans are found. */
export function folderTag(
  what: 'postgres' | 'redis' | 'balancer' | 'pooler',
  folder: string,
): string {
  return `workbench-${what}-${folderHash(folder)}`
}

/**
 * The mark of one run, which contains the folder's. Whoever ends what is left of one run must not
 * reach the next, which may have begun.
 */
export function runTag(ofFolder: string): string {
  return `${ofFolder}-${randomBytes(4).toString('hex')}`
}
