import { createHash } from 'node:crypto'
import { resolve } from 'node:path'

/** The same folder, the same 16 hexadecimal digits. */
export function folderHash(folder: string): string {
  return createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 16)
}
