import { findProgram, type FindOptions } from '../program/find-program.js'
import type { ProgramKind, ServerProgram } from '../program/server-program.js'
import { ServiceError } from '../service-error.js'

/** The balancer that is used. */
export const HAPROXY: ProgramKind = {
  what: 'HAProxy',
  names: ['haproxy'],
  versionArgument: '-v',
  version: /^HAProxy version (\d[\d.]*)/m,
  package: { names: ['haproxy'], program: 'usr/sbin/haproxy', folder: 'haproxy-package' },
  remedy:
    'Install it (Debian, Ubuntu: "apt-get install haproxy"; Fedora: "dnf install haproxy"; ' +
    'macOS: "brew install haproxy"), or start without --instances.',
}

/**
 * Finds a HAProxy as `findProgram` does.
 *
 * @throws {ServiceError} `binaries-missing`, with what to do
 */
export async function findBalancerProgram(options: FindOptions): Promise<ServerProgram> {
  const told: string[] = []
  const onProgress = (line: string): void => {
    told.push(line)
    options.onProgress?.(line)
  }
  const program = await findProgram(HAPROXY, { ...options, onProgress })
  if (program) return program
  const message = `Several instances need a balancer, and none can be had.\n${told.join('\n')}`
  throw new ServiceError('binaries-missing', message)
}
