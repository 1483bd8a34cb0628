import type { Command } from 'commander'
import { filesIn, workbenchFolder } from '../folders.js'
import { rotateSecrets } from '../secrets/secret-ring.js'
import { WorkbenchError } from '../workbench-error.js'
import { newCommand } from './command.js'

export function rotateKeysCommand(): Command {
  return newCommand({
    usage: 'npm run rotate-keys --',
    description:
      'Give every purpose a new key: signed cookies, access tokens, refresh tokens. The key before ' +
      'is kept to verify with, so that what was given out stays valid; older ones are removed.',
    examples: ['npm run rotate-keys'],
  }).action(rotateKeys)
}

async function rotateKeys(): Promise<void> {
  const files = await rotateSecrets(filesIn(workbenchFolder).secrets)
  if (files.length === 0) {
    throw new WorkbenchError('There are no keys yet. The first "npm start" makes them.')
  }
  console.log(`New keys in ${files.join(', ')}.`)
  console.log(
    'The servers read keys as they start: stop the workbench, if it runs, and start it again.',
  )
}
