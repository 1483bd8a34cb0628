import { readFileSync, readdirSync } from 'node:fs'
import { signal } from '../src/process/process-list.js'

/** Kills the shells that would stop the servers of the process `parent` when it dies. */
export function endParentWatch(parent: number): void {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const watches = pids.filter((pid) => isWatchOf(parent, pid))
  if (watches.length === 0) throw new Error(`process ${parent} has no watch`)
  for (const pid of watches) signal(Number(pid), 'SIGKILL')
}

function isWatchOf(parent: number, pid: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return (
      stat.split(') ').at(-1)?.split(' ')[1] === String(parent) && command.includes('parent-watch')
    )
  } catch {
    return false
  }
}
