import { ConfigError, readSecretFiles } from '@session-vs-jwt/server-process'
import { checkReplicaUrl } from '@session-vs-jwt/services'
import {
  applyLimits,
  checkPostgresUrl,
  isPooled,
  POSTGRES_URL_FORM,
  PostgresUrlError,
} from '@session-vs-jwt/stores/postgres'
import type { Command } from 'commander'
import { databaseError, migrate } from '../schema.js'
import { WorkbenchError } from '../workbench-error.js'
import { newCommand } from './command.js'

export function migrateCommand(): Command {
  return newCommand({
    usage: 'npm run migrate --',
    description:
      'Make the tables in the database at DATABASE_URL, for servers that are started without ' +
      '"npm start", which does this by itself. Tables that exist are left as they are. If the address says ' +
      'pgbouncer=true, it also gives the role the limits that the servers need, for this database alone.',
    examples: ['DATABASE_URL=postgres://user:password@localhost/workbench npm run migrate'],
  }).action(applyToDatabase)
}

function readEnvironment(): Readonly<Record<string, string | undefined>> {
  try {
    return readSecretFiles(process.env, 'migration')
  } catch (error) {
    if (error instanceof ConfigError) throw new WorkbenchError(error.message, 2)
    throw error
  }
}

async function applyToDatabase(): Promise<void> {
  const { DATABASE_URL: given, DATABASE_REPLICA_URL: replicaUrl } = readEnvironment()
  const url = given?.trim()
  if (!url) {
    throw new WorkbenchError(
      `DATABASE_URL is not set: ${POSTGRES_URL_FORM}. "npm start" needs no migration by hand.`,
      2,
    )
  }
  checkAddress(url)
  await migrate(url)
  console.log('The tables are there.')
  if (isPooled(url)) await setLimits(url)
  const problem = replicaUrl && (await checkReplicaUrl(replicaUrl, url))
  if (problem) console.warn(problem)
}

/** @throws {WorkbenchError} */
function checkAddress(url: string): void {
  try {
    checkPostgresUrl(url)
  } catch (error) {
    if (!(error instanceof PostgresUrlError)) throw error
    const message = `DATABASE_URL ${error.message}. It should look like ${POSTGRES_URL_FORM}.`
    throw new WorkbenchError(message, 2, { cause: error })
  }
}

async function setLimits(url: string): Promise<void> {
  const statements = await applyLimits(url).catch((error: unknown) => {
    throw databaseError(error)
  })
  if (statements.length === 0) return console.log('The role has the limits that the servers need.')
  console.log(
    `The role has the limits that the servers need, by:\n  ${statements.join('\n  ')}\n` +
      "Now run RECONNECT in PgBouncer's console: its open connections keep the old settings.",
  )
}
