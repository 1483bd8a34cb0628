import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { makeUsable, removeData, whileLocked } from '@session-vs-jwt/services'
import type { Command } from 'commander'
import { filesIn, workbenchFolder, workbenchLock } from '../folders.js'
import { findRunning } from '../running-record.js'
import { WorkbenchError } from '../workbench-error.js'
import { newCommand } from './command.js'

export function resetCommand(): Command {
  return newCommand({
    usage: 'npm run reset --',
    description:
      'Remove all users, posts, logins, keys and logs of this workbench. It must not be running. ' +
      'A database that was given by DATABASE_URL or REDIS_URL is left alone.',
    examples: ['npm run reset', 'npm run reset -- --yes'],
  })
    .option('-y, --yes', 'do not ask')
    .action(reset)
}

async function reset({ yes }: { readonly yes?: true }): Promise<void> {
  if (!yes && !process.stdin.isTTY) {
    throw new WorkbenchError(
      'There is nobody to ask. To remove all data: npm run reset -- --yes',
      2,
    )
  }
  await checkNothingRuns()
  if (!yes && !(await isConfirmed())) {
    console.log('Nothing was removed.')
    return
  }
  makeUsable(workbenchFolder)
  await whileLocked(workbenchLock(workbenchFolder), 'its servers', removeEverything)
  const given = ['DATABASE_URL', 'REDIS_URL'].filter((name) => process.env[name])
  const kept = given.length > 0 ? ` What ${given.join(' and ')} names was left alone.` : ''
  console.log(`Removed. The next start begins with an empty database and new keys.${kept}`)
}

async function removeEverything(): Promise<void> {
  await removeData(workbenchFolder)
  for (const path of Object.values(filesIn(workbenchFolder))) {
    rmSync(path, { recursive: true, force: true })
  }
}

async function checkNothingRuns(): Promise<void> {
  const running = await findRunning(filesIn(workbenchFolder).running)
  if (!running) return
  throw new WorkbenchError(
    `The workbench is running (process ${running.pid}). Stop it with Ctrl-C or "npm run stop", then reset.`,
  )
}

async function isConfirmed(): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout })
  lines.on('SIGINT', () => lines.close())
  const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')))
  const question = 'Remove all users, posts, logins and keys of this workbench? [y/N] '
  const answer = await Promise.race([lines.question(question), closed])
  lines.close()
  return /^y(es)?$/i.test(answer.trim())
}
