import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedPostgres, removeData, startEmbeddedPostgres } from '@session-vs-jwt/services'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '../src/schema.js'

describe('a migration by a role that may not do it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'workbench-migrate-'))
  let postgres: EmbeddedPostgres
  let url: string

  const asOwner = async (sql: string): Promise<void> => {
    const client = new Client({ connectionString: postgres.url })
    await client.connect()
    await client.query(sql)
    await client.end()
  }

  beforeAll(async () => {
    postgres = await startEmbeddedPostgres({ folder, durable: false })
    await asOwner(`CREATE ROLE guest LOGIN PASSWORD 'hunter22'`)
    url = Object.assign(new URL(postgres.url), { username: 'guest', password: 'hunter22' }).href
  })
  afterAll(async () => {
    await postgres?.stop()
    await removeData(folder)
    rmSync(folder, { recursive: true, force: true })
  })

  it('names the GRANT that is missing, and works once it was run', async () => {
    const sentence = await failureOf(migrate(url))
    const grant = /GRANT .*;/.exec(sentence)?.[0] ?? ''
    expect(grant).toBe('GRANT USAGE, CREATE ON SCHEMA public TO guest;')
    await asOwner(grant)
    await migrate(url)
    await migrate(url)
  })

  it('names the table that belongs to somebody else', async () => {
    await asOwner('ALTER TABLE posts OWNER TO workbench')
    expect(await failureOf(migrate(url))).toMatch(/must be owner of .*posts.* role that owns them/)
  })

  it('says that the schema is missing', async () => {
    await asOwner('ALTER SCHEMA public RENAME TO private')
    expect(await failureOf(migrate(url))).toMatch(/CREATE SCHEMA public AUTHORIZATION guest;$/)
  })

  it('leaves nothing half made', async () => {
    await asOwner('CREATE SCHEMA public AUTHORIZATION guest')
    await asOwner('CREATE TABLE public.refresh_families (id int)')
    const sentence = await failureOf(migrate(url))
    expect(sentence).toMatch(/^The database at DATABASE_URL cannot be used\. .*refresh_families/)
    const { rows } = await tables(url)
    expect(rows).toEqual([{ name: 'refresh_families' }])
  })
})

async function tables(connectionString: string): Promise<{ rows: unknown[] }> {
  const client = new Client({ connectionString })
  await client.connect()
  const sql = `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`
  return client.query(sql).finally(async () => client.end())
}

async function failureOf(work: Promise<void>): Promise<string> {
  try {
    await work
  } catch (error) {
    expect(error).toMatchObject({ name: 'WorkbenchError', exitCode: 1 })
    return (error as Error).message
  }
  throw new Error('it worked')
}
