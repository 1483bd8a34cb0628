import { randomBytes } from 'node:crypto'
import { migrate } from '@session-vs-jwt/workbench'
import { Client } from 'pg'
import { inject } from 'vitest'

export interface NewDatabase {
  readonly url: string
  drop(): Promise<void>
}

/** An empty database beside that of the run, for tests to which it matters which hashes are stored. */
export async function newDatabase(): Promise<NewDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  const url = new URL(inject('databaseUrl'))
  url.pathname = name
  await administer(`CREATE DATABASE ${name}`)
  await migrate(url.href)
  return { url: url.href, drop: async () => administer(`DROP DATABASE ${name} WITH (FORCE)`) }
}

async function administer(statement: string): Promise<void> {
  const client = new Client(inject('databaseUrl'))
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
