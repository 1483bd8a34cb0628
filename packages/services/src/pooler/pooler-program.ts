import { findProgram, type FindOptions } from '../program/find-program.js'
import type { ProgramKind, ServerProgram } from '../program/server-program.js'

const PGBOUNCER: ProgramKind = {
  what: 'PgBouncer',
  names: ['pgbouncer'],
  versionArgument: '--version',
  version: /^PgBouncer (\d[\d.]*)/m,
  package: { names: ['pgbouncer'], program: 'usr/sbin/pgbouncer', folder: 'pgbouncer-package' },
  remedy:
    'Install it (Debian, Ubuntu: "apt-get install pgbouncer"; Fedora: "dnf install pgbouncer"; ' +
    'macOS: "brew install pgbouncer").',
}

/** Finds a PgBouncer as `findProgram` does. */
export async function findPoolerProgram(options: FindOptions): Promise<ServerProgram | undefined> {
  return findProgram(PGBOUNCER, options)
}
