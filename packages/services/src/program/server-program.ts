import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { serverEnvironment } from '../process/server-environment.js'

/** A server that other people's packages bring, and where to look for it. */
export interface ProgramKind {
  /** For people. */
  readonly what: string
  /** Names of the program; the first that is found is taken. */
  readonly names: readonly [string, ...string[]]
  /** How to ask the program for its version, and where that is in what it prints. */
  readonly versionArgument: string
  readonly version: RegExp
  /** The package of Debian and Ubuntu, which can be unpacked without being installed. */
  readonly package: {
    /** Everything that the program itself is in; libraries are found. */
    readonly names: readonly string[]
    readonly program: string
    /** Where it is unpacked, below the workbench's folder: one folder in it for each release. */
    readonly folder: string
  }
  /** What to do where none can be had. */
  readonly remedy: string
}

/** A server program that was seen to run. */
export interface ServerProgram {
  readonly path: string
  readonly version: string
  /** Where it came from, for people. */
  readonly origin: string
  /** Folders with shared libraries that the system does not have. */
  readonly libraries: readonly string[]
}

// Where distributions and Homebrew put servers; not in every user's PATH.
const MORE_FOLDERS = ['/usr/local/bin', '/usr/bin', '/usr/sbin', '/opt/homebrew/bin']

/** The program that is installed on this machine and runs, by the first of its names. */
export function installedProgram(
  kind: ProgramKind,
  path: string = process.env['PATH'] ?? '',
): ServerProgram | undefined {
  const folders = [...new Set([...path.split(delimiter), ...MORE_FOLDERS])].filter(Boolean)
  for (const name of kind.names) {
    for (const folder of folders) {
      const found = tryProgram(kind, join(folder, name), 'installed on this machine')
      if (found) return found
    }
  }
  return undefined
}

/** The program at `path`, if it runs. */
export function tryProgram(
  { versionArgument, version: pattern }: ProgramKind,
  path: string,
  origin: string,
  libraries: readonly string[] = [],
): ServerProgram | undefined {
  if (!isExecutable(path)) return undefined
  const env = programEnvironment(libraries)
  const run = spawnSync(path, [versionArgument], { cwd: '/', encoding: 'utf8', env })
  // Some programs, such as nginx, print their version to stderr.
  const version = run.status === 0 ? pattern.exec(run.stdout + run.stderr)?.[1] : undefined
  return version ? { path, version, origin, libraries } : undefined
}

/** The environment in which a program finds its libraries. */
export function programEnvironment(libraries: readonly string[]): NodeJS.ProcessEnv {
  const known = process.env['LD_LIBRARY_PATH']
  const all = known ? [...libraries, known] : libraries
  return { ...serverEnvironment(), ...(all.length > 0 ? { LD_LIBRARY_PATH: all.join(':') } : {}) }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
