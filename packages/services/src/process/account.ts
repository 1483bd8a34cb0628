import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { ServiceError } from '../service-error.js'

/** An account of this machine to run a server as. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/** Whether this process is root, under which PostgreSQL refuses to run. */
export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/** An existing account without privileges: `postgres` where there is one, else `nobody`. */
export function unprivilegedAccount(passwd: string = readFileSync('/etc/passwd', 'utf8')): Account {
  const entries = passwd.split('\n').map((line) => line.split(':'))
  for (const name of ['postgres', '_postgres', 'nobody']) {
    const entry = entries.find(([login]) => login === name)
    if (entry) return { uid: unsigned(entry[2]), gid: unsigned(entry[3]) }
  }
  throw new ServiceError(
    'platform-not-supported',
    'PostgreSQL refuses to run as root, and this machine has neither a "postgres" nor a "nobody" ' +
      'account. Start the workbench as an ordinary user, or set DATABASE_URL.',
  )
}

/** Whether `account` (this process, if undefined) can enter `folder`: asked of the kernel itself. */
export function canEnter(folder: string, account: Account | undefined): boolean {
  const shell = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], {
    ...account,
    cwd: '/',
    stdio: 'ignore',
  })
  return shell.status === 0
}

// macOS writes nobody's id as -2.
function unsigned(id: string | undefined): number {
  return Number(id) >>> 0
}
