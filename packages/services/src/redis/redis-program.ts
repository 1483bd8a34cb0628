import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A Redis or Valkey server program that was seen to run. */
export interface RedisProgram {
  readonly path: string
  readonly version: string
  /** Where it came from, for people. */
  readonly origin: string
  /** Folders with shared libraries that the system does not have. */
  readonly libraries: readonly string[]
}

// Where distributions and Homebrew put servers; not in every user's PATH.
const MORE_FOLDERS = ['/usr/local/bin', '/usr/bin', '/usr/sbin', '/opt/homebrew/bin']

/** A `redis-server`, else a `valkey-server`, that is installed on this machine and runs. */
export function installedRedis(path: string = process.env['PATH'] ?? ''): RedisProgram | undefined {
  const folders = [...new Set([...path.split(delimiter), ...MORE_FOLDERS])].filter(Boolean)
  for (const name of ['redis-server', 'valkey-server']) {
    for (const folder of folders) {
      const found = tryProgram(join(folder, name), 'installed on this machine')
      if (found) return found
    }
  }
  return undefined
}

/** The program at `path`, if it runs. */
export function tryProgram(
  path: string,
  origin: string,
  libraries: readonly string[] = [],
): RedisProgram | undefined {
  if (!isExecutable(path)) return undefined
  const env = redisEnvironment(libraries)
  const run = spawnSync(path, ['--version'], { cwd: '/', encoding: 'utf8', env })
  const version = run.status === 0 ? /\bv=(\S+)/.exec(run.stdout)?.[1] : undefined
  return version ? { path, version, origin, libraries } : undefined
}

/** The environment in which the program finds its libraries. */
export function redisEnvironment(libraries: readonly string[]): NodeJS.ProcessEnv {
  const known = process.env['LD_LIBRARY_PATH']
  const all = known ? [...libraries, known] : libraries
  return { ...process.env, ...(all.length > 0 ? { LD_LIBRARY_PATH: all.join(':') } : {}) }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
