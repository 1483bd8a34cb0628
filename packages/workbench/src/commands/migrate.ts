import { ConfigError, readSecretFiles } from '@session-vs-jwt/http-kit'
import { startPostgres } from '@session-vs-jwt/services'
import { POSTGRES_URL_FORM } from '@session-vs-jwt/stores'
import type { Command } from 'commander'
import { workbenchFolder } from '../folders.js'
import { migrate } from '../schema.js'
import { WorkbenchError } from '../workbench-error.js'
import { newCommand } from './command.js'

export function migrateCommand(): Command {
  return newCommand({
    usage: 'npm run migrate --',
    description:
      'Make the tables in the database at DATABASE_URL, for servers that are started without ' +
      '"npm start", which does this by itself. Tables that exist are left as they are.',
    examples: ['DATABASE_URL=postgres://user:password@localhost/workbench npm run migrate'],
  }).action(applyToDatabase)
}

function databaseUrl(): string | undefined {
  try {
    return readSecretFiles(process.env, 'migration')['DATABASE_URL']
  } catch (error) {
    if (error instanceof ConfigError) throw new WorkbenchError(error.message, 2)
    throw error
  }
}

async function applyToDatabase(): Promise<void> {
  const url = databaseUrl()?.trim()
  if (!url) {
    throw new WorkbenchError(
      `DATABASE_URL is not set: ${POSTGRES_URL_FORM}. "npm start" needs no migration by hand.`,
      2,
    )
  }
  // Says what is wrong with the address, or why nobody answers there.
  await startPostgres({ databaseUrl: url, folder: workbenchFolder })
  try {
    await migrate(url)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new WorkbenchError(`The database at DATABASE_URL cannot be used: ${message || code}`)
  }
  console.log('The tables are there.')
}
