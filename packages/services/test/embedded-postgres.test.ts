import { statSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  type EmbeddedPostgres,
  inspectServices,
  ServiceError,
  startEmbeddedPostgres,
} from '../src/index.js'
import { postgresTag } from '../src/postgres/postgres-command.js'
import { isRoot, unprivilegedAccount } from '../src/process/account.js'
import { processesTagged } from '../src/process/process-list.js'
import { OtherWorkbench } from './other-workbench.js'
import { query, valueOf } from './postgres-client.js'
import { temporaryFolder } from './temporary-folder.js'

const folder = temporaryFolder(afterAll)
let postgres: EmbeddedPostgres

beforeAll(async () => {
  postgres = await startEmbeddedPostgres({ folder, database: 'odd "name"' })
  await query(postgres.url, 'create table kept (n int)')
  await query(postgres.url, 'insert into kept values (7)')
})

afterAll(() => postgres?.stop())

const tagged = (): number[] => processesTagged(postgresTag(folder)).map(({ pid }) => pid)
const kept = (): Promise<unknown> => valueOf(postgres.url, 'select n from kept')
const isAnswered = (): Promise<boolean> =>
  query(postgres.url, 'select 1').then(
    () => true,
    () => false,
  )

describe('an embedded PostgreSQL', () => {
  it('has the database that was asked for, in UTF-8, and says its version', async () => {
    expect(await valueOf(postgres.url, 'select current_database()')).toBe('odd "name"')
    expect(await valueOf(postgres.url, 'show server_encoding')).toBe('UTF8')
    expect(await valueOf(postgres.url, 'show server_version')).toBe(postgres.version)
    expect(await valueOf(postgres.url, "select upper('é')")).toBe('É')
  })

  it('counts statements', async () => {
    await query(postgres.url, 'select 4711 as counted')
    const sql = "select calls from pg_stat_statements where query like '%as counted'"
    expect(await valueOf(postgres.url, sql)).toBe('1')
  })

  it('is durable, and listens on 127.0.0.1 only', async () => {
    const settings = ['fsync', 'synchronous_commit', 'listen_addresses', 'unix_socket_directories']
    const values = await Promise.all(settings.map((name) => valueOf(postgres.url, `show ${name}`)))
    expect(values).toEqual(['on', 'on', '127.0.0.1', ''])
  })

  it.runIf(isRoot())('runs as an account without privileges, though started by root', () => {
    const { uid } = unprivilegedAccount()
    expect(uid).not.toBe(0)
    expect(statSync(join(folder, 'postgres', 'data')).uid).toBe(uid)
    const owners = tagged().map((pid) => statSync(`/proc/${pid}`).uid)
    expect(owners).toEqual(owners.map(() => uid))
  })

  it('asks for its password', async () => {
    const url = new URL(postgres.url)
    url.password = 'wrong'
    await expect(query(url.href, 'select 1')).rejects.toMatchObject({ code: '28P01' })
  })

  it('keeps its password out of command lines and in a file for its owner', () => {
    const { password } = new URL(postgres.url)
    expect(password.length).toBeGreaterThan(30)
    const commands = processesTagged(postgresTag(folder)).map(({ command }) => command)
    expect(commands.length).toBeGreaterThan(3)
    expect(commands.join('\n')).not.toContain(password)
    expect(postgres.foundAs).not.toContain(password)
    expect(statSync(join(folder, 'postgres-password')).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'postgres', 'data')).mode & 0o777).toBe(0o700)
  })

  it('pauses with open connections and resumes', async () => {
    const client = new Client(postgres.url)
    await client.connect()
    postgres.pause()
    const answer = client.query('select 1').then(() => 'answered')
    expect(await Promise.race([answer, later(300, 'silent')])).toBe('silent')
    postgres.resume()
    expect(await answer).toBe('answered')
    await client.end()
  })

  it('leaves no process when it is killed, and comes back with its data', async () => {
    const before = postgres.port
    await postgres.kill()
    expect(tagged()).toEqual([])
    expect(await isAnswered()).toBe(false)
    await postgres.restart()
    expect(postgres.port).toBe(before)
    expect(await kept()).toBe(7)
  })

  it('can be killed and restarted while it is paused', async () => {
    postgres.pause()
    await postgres.kill()
    expect(tagged()).toEqual([])
    await postgres.restart()
    postgres.pause()
    await postgres.restart()
    expect(await kept()).toBe(7)
  })

  it('refuses a second one on the folder, and stays unharmed', async () => {
    const second = startEmbeddedPostgres({ folder })
    await expect(second).rejects.toBeInstanceOf(ServiceError)
    await expect(second).rejects.toMatchObject({ code: 'folder-in-use' })
    await expect(second).rejects.toThrow(String(process.pid))
    expect(await kept()).toBe(7)
  })

  it('is seen by the doctor, with the process that runs it', async () => {
    const found = await inspectServices({ folder })
    expect(found.postgres).toMatchObject({ state: 'ready', runningIn: process.pid })
    expect(found.postgres.version).toBe(postgres.version)
  })

  it('stops in order, twice if need be, and gives the folder back with its data', async () => {
    await postgres.stop()
    await postgres.stop()
    expect(tagged()).toEqual([])
    postgres = await startEmbeddedPostgres({ folder, database: 'odd "name"' })
    expect(await kept()).toBe(7)
  })

  it('restarts after stop, and holds the folder again', async () => {
    await postgres.stop()
    await postgres.restart()
    expect(await kept()).toBe(7)
    await expect(startEmbeddedPostgres({ folder })).rejects.toMatchObject({ code: 'folder-in-use' })
  })
})

function later<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), ms))
}

/** Each of them is for other databases of the user, and would break a start or a connection here. */
const OF_THE_SHELL = {
  PGSSLMODE: 'require',
  PGSSLNEGOTIATION: 'direct',
  PGOPTIONS: '-c no_such_setting=1',
  PGHOST: '203.0.113.1',
  PGPORT: '1',
  PGDATABASE: 'elsewhere',
  PGUSER: 'somebody',
  PGPASSWORD: 'hunter22',
  PGPASSFILE: '/nowhere',
  PGSERVICE: 'elsewhere',
  PGAPPNAME: 'psql',
  PGTZ: 'Nowhere/Land',
  PGDATESTYLE: 'German',
  PGCLIENTENCODING: 'KLINGON',
  PGCONNECT_TIMEOUT: 'soon',
  PGDATA: '/nowhere',
  LC_ALL: 'xx_YY.nowhere',
  LANG: 'xx_YY.nowhere',
  LANGUAGE: 'xx',
}

it('starts and answers with its own settings, whatever the shell of the user has set', async () => {
  const own = temporaryFolder(onTestFinished)
  const other = new OtherWorkbench({ folder: own, names: ['postgres'], env: OF_THE_SHELL })
  const { postgres: url = '' } = await other.says()
  expect(await valueOf(url, 'show timezone')).toBe('UTC')
  expect(await valueOf(url, 'show lc_messages')).toBe('C')
  other.interrupt()
  expect(await other.says()).toEqual({ answer: 42 })
})
