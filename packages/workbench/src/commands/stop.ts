import { setTimeout as sleep } from 'node:timers/promises'
import { lockHolder, startedAt } from '@session-vs-jwt/services'
import type { Command } from 'commander'
import { filesIn, workbenchFolder, workbenchLock } from '../folders.js'
import { findRunning, readRecord } from '../running-record.js'
import { WorkbenchError } from '../workbench-error.js'
import { newCommand } from './command.js'

export function stopCommand(): Command {
  return newCommand({
    usage: 'npm run stop --',
    description:
      'Stop the workbench of this folder, as Ctrl-C does in its terminal. The data is kept. ' +
      'Exit code 1 if none is running, or if it could not be stopped.',
    examples: ['npm run stop'],
  }).action(stop)
}

interface Found {
  readonly pid: number
  readonly started: string
}

/** Servers drain within 10 s, and the stores end after them. */
const STOP_WITHIN_MS = 30_000
const AT_ONCE_WITHIN_MS = 10_000
const LOOK_EVERY_MS = 100

async function stop(): Promise<void> {
  const pid = await runningPid()
  const started = pid === undefined ? undefined : startedAt(pid)
  if (pid === undefined || started === undefined) {
    throw new WorkbenchError('No workbench is running on this folder. "npm start" starts one.')
  }
  console.log(`Stopping the workbench (process ${pid}) …`)
  signal(pid, 'SIGTERM')
  if (await ends({ pid, started }, STOP_WITHIN_MS)) {
    console.log('Stopped; the data is kept.')
    return
  }
  // Its servers and stores end by themselves when it is gone.
  signal(pid, 'SIGKILL')
  if (!(await ends({ pid, started }, AT_ONCE_WITHIN_MS))) {
    throw new WorkbenchError(
      `The workbench (process ${pid}) cannot be stopped: kill -9 has no effect.`,
    )
  }
  console.log(
    `Killed, because it did not stop within ${STOP_WITHIN_MS / 1000} s; the data is kept.`,
  )
}

/**
 * Pids come round again, so the one in the record is not enough: that process must hold the lock, which knows
 * when its owner was started, or answer at the record's address.
 */
async function runningPid(): Promise<number | undefined> {
  const { running } = filesIn(workbenchFolder)
  const pid = readRecord(running)?.pid
  const isHolder = pid !== undefined && pid === lockHolder(workbenchLock(workbenchFolder))
  return isHolder ? pid : (await findRunning(running))?.pid
}

async function ends({ pid, started }: Found, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs
  while (startedAt(pid) === started) {
    if (Date.now() > deadline) return false
    await sleep(LOOK_EVERY_MS)
  }
  return true
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ESRCH') return
    throw new WorkbenchError(
      `The workbench (process ${pid}) belongs to another user (${code}). Stop it as that user, or as root.`,
    )
  }
}
