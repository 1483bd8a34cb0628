import { setTimeout as sleep } from 'node:timers/promises'
import { Client, escapeIdentifier } from 'pg'
import type { ServerProcess } from '../process/server-process.js'
import { RESET_ADVICE, ServiceError } from '../service-error.js'

const READY_WITHIN_MS = 60_000

/**
 * Waits until the server takes a connection to the database of `url`, which is created if it is
 * missing; returns early if the server exits. Up to a minute, since there may be a crash to recover
 * from; then throws `start-timed-out`.
 */
export async function waitForPostgres(
  server: ServerProcess,
  url: string,
  data: string,
): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (!server.hasExited) {
    const code = await connectOnce(url)
    if (code === undefined) return
    if (code === NO_DATABASE) return createDatabase(url, () => damaged(code, server, data))
    if (code.startsWith('28')) return refused(server)
    if (DAMAGED.includes(code) || crashesOnAndOn(server)) throw damaged(code, server, data)
    if (Date.now() > deadline) throw timedOut(server)
    await sleep(15)
  }
}

const NO_DATABASE = '3D000'
const DUPLICATE_DATABASE = '42P04'
/** An undefined file, an I/O error, corrupted data, a corrupted index. */
const DAMAGED = ['58P01', '58030', 'XX001', 'XX002']

/**
 * Whether the server has recovered from crashes of its own processes several times since it started. It
 * never gives up, and a client seldom meets it between two crashes, when it would say what is damaged.
 */
function crashesOnAndOn(server: ServerProcess): boolean {
  const recoveries = server
    .lastWords(1_000)
    .match(/all server processes terminated; reinitializing/g)
  return recoveries !== null && recoveries.length >= 3
}

function damaged(code: string, server: ServerProcess, data: string): ServiceError {
  const message = `The data in ${data} are damaged (${code}):\n${server.lastWords()}`
  return new ServiceError('data-not-usable', `${message}\n${RESET_ADVICE}`)
}

/** Creates the database of `url`, with pg_stat_statements in it. */
async function createDatabase(url: string, damage: () => ServiceError): Promise<void> {
  const target = new URL(url)
  const name = escapeIdentifier(decodeURIComponent(target.pathname.slice(1)))
  // Made under its own name only when whole: the extension comes with the template.
  target.pathname = '/template1'
  await query(target.href, 'create extension if not exists pg_stat_statements')
  target.pathname = '/postgres'
  await query(target.href, `create database ${name}`).catch((error: { code?: string }) => {
    // The catalogue knows the database, and its folder is missing.
    if (error.code === DUPLICATE_DATABASE) throw damage()
    throw error
  })
}

/** Runs one statement on a connection of its own. Errors are those of `pg`. */
export async function query(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** The error's code, SQLSTATE or system; undefined if the connection was made. */
async function connectOnce(url: string): Promise<string | undefined> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return undefined
  } catch (error) {
    return (error as { code?: string }).code ?? 'unknown'
  } finally {
    await client.end().catch(() => {})
  }
}

function timedOut(server: ServerProcess): ServiceError {
  const message = `PostgreSQL did not get ready in a minute:\n${server.lastWords()}`
  return new ServiceError('start-timed-out', message)
}

// It may be another server that refused, which took the port a moment before: then ours exits.
async function refused(server: ServerProcess): Promise<void> {
  await sleep(500)
  if (!server.hasExited) throw wrongPassword()
}

function wrongPassword(): ServiceError {
  return new ServiceError(
    'data-not-usable',
    'The embedded PostgreSQL does not know the password that is kept beside its data: one of the ' +
      `two was replaced. ${RESET_ADVICE}`,
  )
}
