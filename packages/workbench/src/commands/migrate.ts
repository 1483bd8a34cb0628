import { ConfigError, readSecretFiles } from '@session-vs-jwt/http-kit'
import { checkReplicaUrl } from '@session-vs-jwt/services'
import { applyLimits, isPooled } from '@session-vs-jwt/stores'
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
  const { DATABASE_URL: url, DATABASE_REPLICA_URL: replicaUrl } = readEnvironment()
  if (!url || !/^postgres(ql)?:\/\//.test(url)) {
    throw new WorkbenchError(
      `DATABASE_URL is ${url ? 'no PostgreSQL address' : 'not set'}: ` +
        'postgres://user:password@host:5432/database. "npm start" needs no migration by hand.',
      2,
    )
  }
  await migrate(url)
  console.log('The tables are there.')
  if (isPooled(url)) await setLimits(url)
  const problem = replicaUrl && (await checkReplicaUrl(replicaUrl, url))
  if (problem) console.warn(problem)
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
