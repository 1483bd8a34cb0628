import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { StoreReport } from '@session-vs-jwt/services'
import type { StrategyId } from './strategy.js'
import { WorkbenchError } from './workbench-error.js'

/** A server process of a running workbench. */
interface RecordedInstance {
  readonly name: string
  readonly url: string
  readonly pid: number
  /** False once it has ended by itself, until it is started again. */
  readonly running: boolean
}

/** A server of a running workbench. */
export interface RecordedServer {
  /** Where clients ask: the only instance, or the balancer. */
  readonly url: string
  readonly instances: readonly RecordedInstance[]
  readonly strategy: StrategyId
  /** Where the strategy keeps its state, in a line for people. */
  readonly state: string
}

/** What a running workbench tells others about itself: in a file, and at `/workbench.json`. */
export interface RunningRecord {
  readonly pid: number
  readonly startedAt: string
  /** The front page. */
  readonly url: string
  /** Undefined while the workbench starts. */
  readonly servers?: { readonly session: RecordedServer; readonly jwt: RecordedServer }
  /** Whether there is a Redis; without one, the state of strategies is in PostgreSQL. */
  readonly redis?: boolean
  /** How each store stands. */
  readonly stores?: readonly StoreReport[]
  /** Of several instances: what is before them. */
  readonly balancer?: RecordedBalancer
  /** The one under way, or the last one. */
  readonly rollingRestart?: RecordedRollingRestart
}

/** What a running workbench says at `/workbench/stores`, where it asks each store itself. */
export interface StoreAnswer extends StoreReport {
  /** Why the store does not answer. */
  readonly problem: string | null
}

/** What is before several instances. */
export interface RecordedBalancer {
  readonly pid: number
  readonly foundAs: string
  /** The file with its configuration. */
  readonly config: string
}

/** How a rolling restart goes, or went. */
export interface RecordedRollingRestart {
  readonly startedAt: string
  readonly endedAt?: string
  /** What was done, in lines for people. */
  readonly lines: readonly string[]
  /** Why it did not come to its end. */
  readonly error?: string
}

const ANSWER_WITHIN_MS = 1_000
const STORES_ANSWER_WITHIN_MS = 15_000

/** Whole or not at all: others read it at any moment. */
function writeRecord(path: string, record: RunningRecord): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(`${path}.${process.pid}`, `${JSON.stringify(record, null, 2)}\n`)
    renameSync(`${path}.${process.pid}`, path)
  } catch (error) {
    rmSync(`${path}.${process.pid}`, { force: true })
    const { code } = error as NodeJS.ErrnoException
    const advice = code === 'EACCES' ? ' Start it as the owner of that folder.' : ''
    throw new WorkbenchError(
      `The workbench keeps its data in ${dirname(path)} and cannot write there (${code}).${advice}`,
      1,
      { cause: error },
    )
  }
}

/**
 * Returns a function that writes every change of the record. A workbench cannot start without a record. A
 * running one survives a full disk with an outdated record, and `tell` reports that once.
 */
export function recordWriter(
  path: string,
  tell: (line: string) => void,
): (record: RunningRecord) => void {
  let state: 'new' | 'written' | 'failing' = 'new'
  return (record) => {
    try {
      writeRecord(path, record)
      state = 'written'
    } catch (error) {
      if (state === 'new') throw error
      if (state === 'written')
        tell(
          `${(error as Error).message} The servers keep running, but other commands may see an outdated state.`,
        )
      state = 'failing'
    }
  }
}

export function removeRecord(path: string): void {
  rmSync(path, { force: true })
}

/** The workbench that runs on this folder, if one does. A file that a crash left counts for nothing. */
export async function findRunning(path: string): Promise<RunningRecord | undefined> {
  const record = readRecord(path)
  if (!record || !isAlive(record.pid)) return undefined
  // Process ids come round again: it must say itself who it is.
  return (await pidAt(record.url)) === record.pid ? record : undefined
}

/** What a workbench has written last; it may be gone. */
export function readRecord(path: string): RunningRecord | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RunningRecord
  } catch {
    return undefined
  }
}

/** What the stores answer to the workbench at `url`; undefined if it cannot be asked. */
export async function askStoresOf({ url }: RunningRecord): Promise<StoreAnswer[] | undefined> {
  try {
    const response = await fetch(`${url}/workbench/stores`, {
      signal: AbortSignal.timeout(STORES_ANSWER_WITHIN_MS),
    })
    return response.ok ? ((await response.json()) as StoreAnswer[]) : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function pidAt(url: string): Promise<number | undefined> {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS)
    const response = await fetch(`${url}/workbench.json`, { signal })
    return ((await response.json()) as RunningRecord).pid
  } catch {
    return undefined
  }
}
