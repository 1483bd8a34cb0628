import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The clone that this workbench is in. */
export const repositoryFolder: string = fileURLToPath(new URL('../../../', import.meta.url))

/**
 * Everything that the workbench keeps between two starts; ignored by git. `WORKBENCH_FOLDER` names
 * another folder of its own, for a second workbench beside the first.
 */
export const workbenchFolder: string = resolve(
  process.env['WORKBENCH_FOLDER'] || join(repositoryFolder, '.workbench'),
)

/** Where the files of a workbench folder are. */
export interface WorkbenchFiles {
  /** Mode 0700. */
  readonly secrets: string
  readonly logs: string
  /** What runs now; there only while it runs. */
  readonly running: string
}

export function filesIn(folder: string): WorkbenchFiles {
  return {
    secrets: join(folder, 'secrets'),
    logs: join(folder, 'logs'),
    running: join(folder, 'running.json'),
  }
}

/** Held by the one workbench that starts, runs or resets on a folder. */
export function workbenchLock(folder: string): string {
  return join(folder, 'workbench.lock')
}
