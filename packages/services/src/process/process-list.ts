import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** A running process, as far as anyone may see it. */
export interface ProcessEntry {
  readonly pid: number
  readonly command: string
}

/**
 * Every process with `tag` in its command line. A server's tag is in its own command line and, for
 * PostgreSQL, in that of each child: so orphans are found too, whose parent is gone.
 */
export function processesTagged(tag: string): ProcessEntry[] {
  return processList().filter(({ command }) => command.includes(tag) && isServer(command))
}

/** The command line of a process; undefined if it is gone. */
export function commandLine(pid: number): string | undefined {
  if (process.platform === 'linux') return readProc(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ')
  return processList().find((entry) => entry.pid === pid)?.command
}

/** Something that differs between two processes that had the same pid; undefined if it is gone. */
export function startedAt(pid: number): string | undefined {
  if (process.platform !== 'linux') return startedAtByPs(pid)
  // The second field, the name, may hold spaces and brackets: count from its end.
  const fields = readProc(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')
  return fields?.[0] === 'Z' ? undefined : fields?.[19]
}

/** Sends a signal; a process that is gone is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

// A person's editor or pager on a file with the tag in its name is none of ours.
function isServer(command: string): boolean {
  return /(^|\/)(postgres|redis-server|valkey-server|haproxy)\b/.test(command)
}

function processList(): ProcessEntry[] {
  if (process.platform !== 'linux') return processListByPs()
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  return pids.map((pid) => ({ pid, command: commandLine(pid) ?? '' }))
}

function processListByPs(): ProcessEntry[] {
  const lines = execFileSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8' })
  return [...lines.matchAll(/^\s*(\d+)\s+(.*)$/gm)].map(([, pid, command]) => ({
    pid: Number(pid),
    command: command ?? '',
  }))
}

function startedAtByPs(pid: number): string | undefined {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
