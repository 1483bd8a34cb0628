import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  checkReplicaUrl,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
  startPostgres,
  startRedis,
} from '../src/index.js'
import { freePort } from '../src/process/free-port.js'
import { query, valueOf } from './postgres-client.js'
import { temporaryFolder } from './temporary-folder.js'

const folder = temporaryFolder(afterAll)
let own: EmbeddedPostgres

beforeAll(async () => {
  own = await startEmbeddedPostgres({ folder, durable: false })
})

afterAll(() => own?.stop())

describe('a PostgreSQL by URL', () => {
  it('is verified, changed in nothing, and left running', async () => {
    const databases = 'select string_agg(datname, $$,$$) from pg_database'
    const before = await valueOf(own.url, databases)
    const given = await startPostgres({ databaseUrl: own.url, folder, database: 'other' })
    expect(given).toMatchObject({ kind: 'url', url: own.url, version: own.version })
    expect(given.foundAs).toContain(`127.0.0.1:${own.port}/workbench`)
    expect(given.foundAs).not.toContain(new URL(own.url).password)
    await given.stop()
    expect(await valueOf(own.url, databases)).toBe(before)
  })

  it('that does not answer is named by host and port, without the password', async () => {
    const port = await freePort()
    const failure = failureOf({ databaseUrl: `postgres://u:hunter22@127.0.0.1:${port}/d` })
    await expect(failure).resolves.toMatchObject({ code: 'unreachable' })
    expect((await failure).message).toContain(`127.0.0.1:${port}`)
    expect((await failure).message).not.toContain('hunter22')
  })

  it('that says no is told from one that does not answer', async () => {
    const wrongPassword = own.url.replace(/:[^:@]+@/, ':hunter22@')
    const failure = await failureOf({ databaseUrl: wrongPassword })
    expect(failure).toMatchObject({ code: 'refused' })
    expect(failure.message).toContain('28P01')
    expect(failure.message).not.toContain('hunter22')
    const unknown = own.url.replace(/\/workbench$/, '/nowhere')
    expect((await failureOf({ databaseUrl: unknown })).message).toContain('3D000')
    await expect(query(unknown, 'select 1')).rejects.toMatchObject({ code: '3D000' })
  })

  it('whose role may not create tables is refused, with the GRANT that helps', async () => {
    await query(own.url, `CREATE ROLE "Mrs. O'Hara" LOGIN PASSWORD 'hunter22'`)
    const url = new URL(own.url)
    url.username = encodeURIComponent("Mrs. O'Hara")
    url.password = 'hunter22'
    const failure = await failureOf({ databaseUrl: url.href })
    expect(failure).toMatchObject({ code: 'refused' })
    const grant = /GRANT .*;/.exec(failure.message)?.[0] ?? ''
    expect(grant).toBe(`GRANT USAGE, CREATE ON SCHEMA public TO "Mrs. O'Hara";`)
    expect(failure.message).not.toContain('hunter22')
    await query(own.url, grant)
    const given = await startPostgres({ databaseUrl: url.href, folder })
    expect(given.kind).toBe('url')
    // Such a role can ask a replica who it is, too.
    expect(await checkReplicaUrl(url.href, url.href)).toBeUndefined()
  })

  it.each([
    'hunter22',
    'mysql://u:hunter22@h/d',
    'postgres//u:hunter22@h',
    'postgres:u:hunter22@h/d',
    'postgres://u:hunter22@h:65536/d',
    'postgres://u:hunter22@127.0.0.1/d?port=hunter22',
    'postgres://u:hunter22@127.0.0.1/d?port=0',
    'postgres://u:hunter22@127.0.0.1/d?sslmode=always',
    'postgres://u:hunter22@127.0.0.1/d?sslrootcert=/nowhere/ca.pem',
  ])('is refused if it is none: %s', async (databaseUrl) => {
    const failure = await failureOf({ databaseUrl })
    expect(failure).toMatchObject({ code: 'invalid-url' })
    expect(failure.message).not.toContain('hunter22')
  })
})

describe('a replica by URL', () => {
  it('of which nothing is wrong needs no words', async () => {
    expect(await checkReplicaUrl(own.url, own.url)).toBeUndefined()
  })

  it('that does not answer is named by its setting, host and port, without the password', async () => {
    const port = await freePort()
    const problem = await checkReplicaUrl(`postgres://u:hunter22@127.0.0.1:${port}/d`, own.url)
    expect(problem).toContain(`127.0.0.1:${port}`)
    expect(problem).toContain('DATABASE_REPLICA_URL')
    expect(problem).not.toContain('hunter22')
  })

  it('that says no is reported', async () => {
    const unknown = own.url.replace(/\/workbench$/, '/nowhere')
    expect(await checkReplicaUrl(unknown, own.url)).toContain('(3D000)')
  })

  it('that is a copy of another database is reported', async () => {
    const other = own.url.replace(/\/workbench$/, '/postgres')
    expect(await checkReplicaUrl(other, own.url)).toContain('not a replica')
  })

  it('is refused if it is none', async () => {
    await expect(checkReplicaUrl('mysql://u:hunter22@h/d', own.url)).rejects.toThrow(
      /^DATABASE_REPLICA_URL is not a PostgreSQL address\. It should look like (?!.*hunter22)/,
    )
  })

  it('is not blamed for a primary that does not answer', async () => {
    const port = await freePort()
    const primary = `postgres://u:hunter22@127.0.0.1:${port}/d`
    expect(await checkReplicaUrl(own.url, primary)).toBeUndefined()
  })
})

describe('a Redis by URL', () => {
  it('that does not answer is named by host and port, without the password', async () => {
    const port = await freePort()
    const failure = await failureOf({ redisUrl: `redis://:hunter22@127.0.0.1:${port}` })
    expect(failure).toMatchObject({ code: 'unreachable' })
    expect(failure.message).toContain(`127.0.0.1:${port}`)
    expect(failure.message).not.toContain('hunter22')
  })

  it.each([
    'http://hunter22@h',
    'redis+cluster://:hunter22@h:99999',
    'redis+sentinel://:hunter22@h:26379',
  ])('is refused if it is none: %s', async (redisUrl) => {
    const failure = await failureOf({ redisUrl })
    expect(failure).toMatchObject({ code: 'invalid-url' })
    expect(failure.message).toContain('redis+sentinel://')
    expect(failure.message).not.toContain('hunter22')
  })

  it.each(['redis+cluster://:hunter22@$,$', 'redis+sentinel://:hunter22@$,$/main'])(
    'of several that do not answer names all of them, without the password: %s',
    async (form) => {
      const ports = [await freePort(), await freePort()]
      const [one, two] = ports.map((port) => `127.0.0.1:${port}`)
      const redisUrl = form.replace('$', one ?? '').replace('$', two ?? '')
      const failure = await failureOf({ redisUrl })
      expect(failure).toMatchObject({ code: 'unreachable' })
      expect(failure.message).toContain(`${one}, ${two}`)
      expect(failure.message).not.toContain('hunter22')
    },
  )

  it('that is something else altogether is no Redis', async () => {
    const failure = await failureOf({ redisUrl: `redis://127.0.0.1:${own.port}` })
    expect(failure).toMatchObject({ code: 'unreachable' })
  })
})

async function failureOf(options: {
  databaseUrl?: string
  redisUrl?: string
}): Promise<Error & { code?: string }> {
  const start = options.redisUrl ? startRedis : startPostgres
  try {
    await start({ ...options, folder })
  } catch (error) {
    return error as Error
  }
  throw new Error('it started')
}
