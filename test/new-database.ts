import { randomBytes } from 'node:crypto'
import { migrate } from '@session-vs-jwt/workbench'
import { Client } from 'pg'
import { inject, onTestFinished } from 'vitest'

/**
 * The URL of an empty database beside that of the run, which is dropped when the test ends. For tests that
 * store expensive hashes: the highest cost in a database decides what every refused login takes.
 */
export async function newDatabase(): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`
  const url = new URL(inject('databaseUrl'))
  url.pathname = name
  const server = inject('databaseUrl')
  await administer(server, `CREATE DATABASE ${name}`)
  onTestFinished(async () => administer(server, `DROP DATABASE ${name} WITH (FORCE)`))
  await migrate(url.href, inject('timeoutFactor'))
  return url.href
}

/** Runs one statement at `databaseUrl`, on a connection of its own. */
export async function administer(databaseUrl: string, statement: string): Promise<void> {
  const client = new Client(databaseUrl)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
