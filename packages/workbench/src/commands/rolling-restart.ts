import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { filesIn, workbenchFolder } from '../folders.js'
import { ONLY_ONE } from '../rolling-restart.js'
import { askForRollingRestart } from '../rolling-restart-signal.js'
import { findRunning, type RecordedRollingRestart, type RunningRecord } from '../running-record.js'
import { WorkbenchError } from '../workbench-error.js'
import { newCommand } from './command.js'

export function rollingRestartCommand(): Command {
  return newCommand({
    usage: 'npm run rolling-restart --',
    description:
      'Replace every instance of the running workbench, one after the other, as a new release would ' +
      'be brought in: the balancer sends an instance nothing more, it answers what it has, its ' +
      'successor starts and gets requests when it is ready. No request is lost. An instance that had ' +
      'ended is started again. The keys remain those that the workbench started with. ' +
      'Exit code 1 if a successor does not get ready, 2 if there is nothing that could be replaced.',
    examples: ['npm start -- --instances 3', 'npm run rolling-restart'],
  }).action(askAndFollow)
}

/** A workbench that was asked says so within this time. */
const BEGINS_WITHIN_MS = 5_000
const LOOK_EVERY_MS = 200

async function askAndFollow(): Promise<void> {
  const before = await running()
  if (before === undefined) {
    throw new WorkbenchError(
      'No workbench is running here. Start one: npm start -- --instances 3',
      2,
    )
  }
  if (!before.balancer) throw new WorkbenchError(ONLY_ONE, 2)
  if (isUnderWay(before.rollingRestart)) console.log('One is under way already; this is it:')
  else ask(before)
  const { lines, error } = await follow(before)
  if (error !== undefined) throw new WorkbenchError(error)
  console.log(`All ${lines.length} instances were replaced.`)
}

async function running(): Promise<RunningRecord | undefined> {
  return findRunning(filesIn(workbenchFolder).running)
}

function isUnderWay(restart: RecordedRollingRestart | undefined): boolean {
  return restart !== undefined && restart.endedAt === undefined
}

function ask({ pid }: RunningRecord): void {
  try {
    askForRollingRestart(pid)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new WorkbenchError(
      `The workbench (process ${pid}) cannot be asked (${code}). Ask as the user who started it.`,
    )
  }
}

/** Prints what is done, until the end. */
async function follow({ rollingRestart: last }: RunningRecord): Promise<RecordedRollingRestart> {
  const givesUpAt = Date.now() + BEGINS_WITHIN_MS
  for (let printed = 0; ; await sleep(LOOK_EVERY_MS)) {
    const record = await running()
    if (!record) throw new WorkbenchError('The workbench was stopped meanwhile.')
    const { rollingRestart: now } = record
    const hasBegun = now !== undefined && (isUnderWay(last) || now.startedAt !== last?.startedAt)
    if (hasBegun) {
      for (const line of now.lines.slice(printed)) console.log(`  ${line}`)
      printed = now.lines.length
      if (!isUnderWay(now)) return now
    } else if (Date.now() > givesUpAt) {
      throw new WorkbenchError('The workbench was asked, and does not begin. What does it print?')
    }
  }
}
