import { type ProcessEntry, processesTagged, signal } from './process-list.js'
import { ServiceError } from '../service-error.js'
import { waitUntil } from './wait-until.js'

const STOP_WITHIN_MS = 10_000
const KILL_WITHIN_MS = 5_000

/**
 * Ends the servers with this tag that an earlier run left behind, paused ones too, and returns how
 * many processes there were. Only for the holder of the lock: then their owner is dead.
 */
export async function stopOrphans(tag: string, stopSignal: NodeJS.Signals): Promise<number> {
  const orphans = processesTagged(tag)
  const isGone = (): boolean => processesTagged(tag).length === 0
  for (const { pid } of orphans) signalOwn(pid, 'SIGCONT')
  for (const { pid } of orphans.filter(isMain)) signal(pid, stopSignal)
  if (await waitUntil(isGone, STOP_WITHIN_MS)) return orphans.length
  for (const { pid } of processesTagged(tag)) signal(pid, 'SIGKILL')
  await waitUntil(isGone, KILL_WITHIN_MS)
  return orphans.length
}

// To PostgreSQL's children the same signal means something else. They end with their parent, and
// by themselves if it is gone.
function isMain({ command }: ProcessEntry): boolean {
  return !command.startsWith('postgres: ')
}

function signalOwn(pid: number, name: NodeJS.Signals): void {
  try {
    signal(pid, name)
  } catch (error) {
    throw new ServiceError(
      'folder-in-use',
      `A server that another user started (process ${pid}) still runs on this folder. ` +
        'Stop it as that user, or as root.',
      { cause: error },
    )
  }
}
