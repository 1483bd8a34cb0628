import type { Balancer } from '@session-vs-jwt/services'
import type { RecordedRollingRestart } from './running-record.js'
import type { Instance } from './servers/instance.js'
import type { ServerGroup } from './servers/server-group.js'
import { WorkbenchError } from './workbench-error.js'

/** An instance gets this long to answer what it has before it is asked to stop. */
const ANSWERED_WITHIN_MS = 10_000
const READY_WITHIN_MS = 20_000

/**
 * Starts every instance of `groups` anew, one at a time, so that clients notice nothing: the balancer
 * sends an instance no further request, it answers those that it has, it is stopped, its successor
 * starts, and gets requests when it is ready. Only then comes the next one. `tell` hears of each.
 *
 * @throws {WorkbenchError} if no other instance could take over, or a successor does not get ready:
 *   the remaining instances are left as they are, and go on
 */
export async function rollingRestart(
  balancer: Balancer,
  groups: readonly ServerGroup[],
  tell: (line: string) => void,
): Promise<void> {
  for (const { instances } of groups) {
    // Those that are gone come first: whoever is left must not go before they are back.
    const inOrder = instances.toSorted((a, b) => Number(a.isRunning) - Number(b.isRunning))
    for (const instance of inOrder) await replace(instance, instances, balancer, tell)
  }
}

async function replace(
  instance: Instance,
  group: readonly Instance[],
  balancer: Balancer,
  tell: (line: string) => void,
): Promise<void> {
  const { name } = instance
  const startedAt = performance.now()
  if (instance.isRunning) await checkOthersServe(instance, group, balancer)
  const isDrained = await balancer.takeOut(name, ANSWERED_WITHIN_MS)
  await restarted(instance)
  if (!(await balancer.putBack(name, READY_WITHIN_MS))) {
    throw stopped(`${name} was started, and is not ready. It gets requests when it is`)
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  const late = isDrained ? '' : `, after ${ANSWERED_WITHIN_MS / 1000} s with requests unanswered`
  tell(`${name}: replaced in ${seconds} s${late} (process ${instance.pid})`)
}

async function checkOthersServe(
  { name }: Instance,
  group: readonly Instance[],
  balancer: Balancer,
): Promise<void> {
  const others = group.filter((it) => it.name !== name).map((it) => it.name)
  const ready = await balancer.ready()
  if (others.some((it) => ready.includes(it))) return
  throw stopped(`No instance is ready that could take over from ${name}`)
}

async function restarted(instance: Instance): Promise<void> {
  try {
    await instance.restart()
  } catch (error) {
    throw stopped(`${instance.name} did not start again`, error)
  }
}

function stopped(why: string, cause?: unknown): WorkbenchError {
  const reason = cause instanceof Error ? `\n${cause.message}` : ''
  const message = `${why}. The other instances were left as they are.${reason}`
  return new WorkbenchError(message, 1, { cause })
}

/**
 * Rolling restarts on demand, never two at a time: who asks while one is under way gets that one.
 * `record` hears how it stands, at each step. One that `stopping` ends says so.
 */
export function rollingRestarts(
  balancer: Balancer | undefined,
  groups: readonly ServerGroup[],
  record: (state: RecordedRollingRestart) => void,
  stopping: AbortSignal,
): (onProgress: (line: string) => void) => Promise<void> {
  let underWay: Promise<void> | undefined
  const run = async (onProgress: (line: string) => void): Promise<void> => {
    if (!balancer) throw new WorkbenchError(ONLY_ONE)
    let state: RecordedRollingRestart = { startedAt: new Date().toISOString(), lines: [] }
    const change = (part: Partial<RecordedRollingRestart>): void => {
      state = { ...state, ...part }
      record(state)
    }
    change({})
    try {
      await rollingRestart(balancer, groups, (line) => {
        change({ lines: [...state.lines, line] })
        onProgress(line)
      })
      change({ endedAt: new Date().toISOString() })
    } catch (cause) {
      // What is being stopped does not answer, and that is not what went wrong.
      const error = stopping.aborted ? new WorkbenchError(STOPPED) : (cause as Error)
      change({ endedAt: new Date().toISOString(), error: error.message })
      throw error
    }
  }
  return async (onProgress) => {
    underWay ??= run(onProgress).finally(() => (underWay = undefined))
    return underWay
  }
}

const STOPPED = 'The workbench was stopped meanwhile.'

/** Said to whoever asks for a rolling restart of one instance. */
export const ONLY_ONE: string =
  'There is one instance of each server: nobody could take over while it is replaced. Start the ' +
  'workbench with several: npm start -- --instances 3'
