import { accessSync, constants, mkdirSync } from 'node:fs'
import { ServiceError } from '../service-error.js'

/** Makes the folder if it is missing; throws `folder-not-usable` if nothing can be written there. */
export function makeUsable(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK | constants.X_OK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new ServiceError(
      'folder-not-usable',
      `The workbench keeps its data in ${folder} and cannot write there (${code}). Start it as the ` +
        'user who owns that folder.',
      { cause: error },
    )
  }
}
