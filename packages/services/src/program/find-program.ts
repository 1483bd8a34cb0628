import { isDiskFull } from '../process/full-disk.js'
import { ServiceError } from '../service-error.js'
import { canUnpackPackages, unpackedProgram, unpackProgram } from './debian-package.js'
import { installedProgram, type ProgramKind, type ServerProgram } from './server-program.js'

export interface FindOptions {
  /** The workbench's ignored folder; made if missing. */
  readonly folder: string
  /** Told, in lines for people, what takes time, and why there is none. */
  readonly onProgress?: ((line: string) => void) | undefined
}

/**
 * A server program: one that is installed, else one that was unpacked earlier, else, on Debian and
 * Ubuntu, the distribution's own, unpacked below `folder`. Undefined with the reason told.
 */
export async function findProgram(
  kind: ProgramKind,
  { folder, onProgress = () => {} }: FindOptions,
): Promise<ServerProgram | undefined> {
  const { what, remedy } = kind
  const found = installedProgram(kind) ?? unpackedProgram(kind, folder)
  if (found) return found
  if (!canUnpackPackages()) {
    onProgress(`${what}: ${notInstalled(kind)}. ${remedy}`)
    return undefined
  }
  onProgress(`${what}: not installed; unpacking the distribution's own below ${folder}`)
  return unpackProgram(kind, folder).catch((error: unknown) => {
    const isTold = error instanceof ServiceError && error.code !== 'folder-in-use'
    if (!isTold || isDiskFull(error)) throw error
    onProgress(
      `${what}: could not be downloaded; is there a network? (${error.message}.) ${remedy}`,
    )
    return undefined
  })
}

/** Which programs were looked for in vain. */
export function notInstalled({ names }: ProgramKind): string {
  return `no ${names.join(' or ')} on this machine`
}
