import { findProgram, type FindOptions } from '../program/find-program.js'
import type { ProgramKind, ServerProgram } from '../program/server-program.js'

/** A Redis, else a Valkey. */
export const REDIS: ProgramKind = {
  what: 'Redis',
  names: ['redis-server', 'valkey-server'],
  versionArgument: '--version',
  version: /\bv=(\S+)/,
  package: {
    // On Debian the program itself is in redis-tools, and redis-server is a link to it.
    names: ['redis-server', 'redis-tools'],
    program: 'usr/bin/redis-server',
    folder: 'redis-package',
  },
  remedy:
    'Install it (Debian, Ubuntu: "apt-get install redis-server"; Fedora: "dnf install valkey"; ' +
    'macOS: "brew install redis"), or set REDIS_URL.',
}

/** Finds a Redis as `findProgram` does. */
export async function findRedisProgram(options: FindOptions): Promise<ServerProgram | undefined> {
  return findProgram(REDIS, options)
}
