import { readdirSync, readFileSync } from 'node:fs'

/** What processes have used so far, and hold now. */
export interface Usage {
  /** Milliseconds of processor time, of all their threads. */
  readonly cpuMs: number
  /** Bytes of memory, each shared page counted once (Linux: proportional set size). */
  readonly memory: number
}

/** Told where the system does not show what a process uses. */
export const USAGE_MISSING: string | undefined =
  process.platform === 'linux'
    ? undefined
    : 'processor time and memory of the processes: they are read from /proc, which only Linux has'

/** Of each process by itself, by pid; one that is gone has none. */
export function usageOf(pids: readonly number[]): ReadonlyMap<number, Usage> {
  const entries = pids.flatMap((pid) => {
    const usage = usageOfProcess(pid)
    return usage ? [[pid, usage] as const] : []
  })
  return new Map(entries)
}

/** What was used between two looks, a process that came in between with all that it has. */
export function usedBetween(
  before: ReadonlyMap<number, Usage>,
  after: ReadonlyMap<number, Usage>,
): Usage {
  let cpuMs = 0
  let memory = 0
  for (const [pid, usage] of after) {
    cpuMs += usage.cpuMs - (before.get(pid)?.cpuMs ?? 0)
    memory += usage.memory
  }
  return { cpuMs, memory }
}

function usageOfProcess(pid: number): Usage | undefined {
  if (USAGE_MISSING !== undefined) return undefined
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    const cpuNs = threads.reduce((sum, thread) => sum + runningTime(pid, thread), 0)
    return { cpuMs: cpuNs / 1e6, memory: memoryOf(pid) }
  } catch {
    return undefined
  }
}

/** Nanoseconds on a processor (Linux, Documentation/scheduler/sched-stats.rst); a thread may be gone. */
function runningTime(pid: number, thread: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0])
  } catch {
    return 0
  }
}

function memoryOf(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
  return Number(kilobytes ?? NaN) * 1024
}
