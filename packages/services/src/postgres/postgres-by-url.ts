import {
  checkCreate,
  checkLimits,
  checkPostgresUrl,
  checkReplica,
  isPooled,
  POSTGRES_URL_FORM,
  PostgresSetupError,
  PostgresUrlError,
  type SqlClient,
} from '@session-vs-jwt/stores/postgres'
import { Client } from 'pg'
import { ServiceError } from '../service-error.js'
import type { HeldConnection } from '../store-watch.js'
import type { PostgresByUrl } from './started-postgres.js'

const CONNECT_WITHIN_MS = 5_000

/**
 * Connects once, to see that somebody answers, who, and whether a start can work there; creates and changes
 * nothing. Throws `invalid-url`, `unreachable` (nobody answers) or `refused` (somebody says no).
 */
export async function postgresByUrl(url: string): Promise<PostgresByUrl> {
  const place = describe(url, 'DATABASE_URL')
  const version = await askOnce(url, async (client) => {
    await checkCreate(client)
    if (isPooled(url)) await checkLimits((text) => client.query(text))
    return versionOf(client)
  }).catch((error: unknown) => {
    throw explain(error, place, 'DATABASE_URL')
  })
  const foundAs = `PostgreSQL ${version} at ${place}, given by DATABASE_URL`
  return { kind: 'url', url, version, foundAs, stop: async () => {} }
}

/**
 * What is wrong with a replica that is given by URL, and what that means, in a line for people; undefined if
 * nothing is. Throws `invalid-url`, with which no server starts.
 */
export async function checkReplicaUrl(
  url: string,
  databaseUrl: string,
): Promise<string | undefined> {
  const place = describe(url, 'DATABASE_REPLICA_URL')
  try {
    const primary: SqlClient = {
      query: async (statement) =>
        askOnce(databaseUrl, async (client: SqlClient) => client.query(statement)),
    }
    await askOnce(url, async (replica) => checkReplica(replica, primary)).catch(
      (error: unknown) => {
        throw explain(error, place, 'DATABASE_REPLICA_URL')
      },
    )
    return undefined
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    return `${error.message} Until then, GET /users asks the primary.`
  }
}

/** Connects, asks for the version and leaves. Throws `pg`'s errors. */
export async function postgresVersion(url: string): Promise<string> {
  return askOnce(url, versionOf)
}

async function versionOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ server_version: string }>('show server_version')
  return rows[0]?.server_version.split(' ')[0] ?? 'unknown'
}

/** Opens a connection for one conversation. Throws `pg`'s errors. */
async function askOnce<T>(url: string, talk: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: CONNECT_WITHIN_MS,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    return await talk(client)
  } finally {
    await client.end().catch(() => {})
  }
}

/** Connects, and tells when the connection breaks. Errors are those of `pg`. */
export async function holdPostgres(url: string): Promise<HeldConnection> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: CONNECT_WITHIN_MS,
  })
  client.on('error', () => {})
  const lost = new Promise<void>((resolve) => {
    client.once('end', resolve)
  })
  const close = (): void => void client.end().catch(() => {})
  try {
    await client.connect()
    await client.query('select 1')
  } catch (error) {
    close()
    throw error
  }
  return { lost, close }
}

type Setting = 'DATABASE_URL' | 'DATABASE_REPLICA_URL'

function describe(url: string, setting: Setting): string {
  try {
    checkPostgresUrl(url)
  } catch (error) {
    if (!(error instanceof PostgresUrlError)) throw error
    const message = `${setting} ${error.message}. It should look like ${POSTGRES_URL_FORM}.`
    throw new ServiceError('invalid-url', message, { cause: error })
  }
  const { hostname, port, pathname, searchParams } = new URL(url)
  const socket = searchParams.get('host')
  return `${socket ?? `${hostname || 'localhost'}:${port || '5432'}`}${pathname}`
}

function explain(error: unknown, place: string, setting: Setting): ServiceError {
  if (error instanceof PostgresSetupError) {
    const message = `PostgreSQL at ${place}, given by ${setting}, cannot be used. ${error.message}`
    return new ServiceError('refused', message, { cause: error })
  }
  const { code, message } = error as { code?: string; message?: string }
  // Five characters of SQLSTATE: the server itself said no.
  if (/^(?=.*\d)[0-9A-Z]{5}$/.test(code ?? '')) {
    const hint = `Check user, password and database name in ${setting}.`
    return new ServiceError('refused', `PostgreSQL at ${place} refused (${code}). ${hint}`, {
      cause: error,
    })
  }
  return new ServiceError(
    'unreachable',
    `No PostgreSQL answers at ${place} (${code ?? message ?? 'no reason given'}). Start it, ` +
      `correct ${setting}, or unset it${setting === 'DATABASE_URL' ? ' to use the embedded PostgreSQL' : ''}.`,
    { cause: error },
  )
}
