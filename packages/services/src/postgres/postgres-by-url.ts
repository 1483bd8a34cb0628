import { Client } from 'pg'
import { ServiceError } from '../service-error.js'
import type { HeldConnection } from '../store-watch.js'
import type { PostgresByUrl } from './started-postgres.js'

const CONNECT_WITHIN_MS = 5_000

/**
 * Connects once, to see that somebody answers and who; creates and changes nothing.
 * Throws `invalid-url`, `unreachable` (nobody answers) or `refused` (somebody says no).
 */
export async function postgresByUrl(url: string): Promise<PostgresByUrl> {
  const place = describe(url)
  const version = await postgresVersion(url).catch((error: unknown) => {
    throw explain(error, place)
  })
  const foundAs = `PostgreSQL ${version} at ${place}, given by DATABASE_URL`
  return { kind: 'url', url, version, foundAs, stop: async () => {} }
}

/** Connects, asks for the version and leaves. Errors are those of `pg`. */
export async function postgresVersion(url: string): Promise<string> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: CONNECT_WITHIN_MS,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    return rows[0]?.server_version.split(' ')[0] ?? 'unknown'
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

function describe(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^postgres(ql)?:\/\//.test(url)) {
    // The value itself is not repeated: it may hold a password.
    throw new ServiceError(
      'invalid-url',
      'DATABASE_URL is not a PostgreSQL address. ' +
        'It should look like postgres://user:password@host:5432/database.',
    )
  }
  const host = parsed.hostname ? `${parsed.hostname}:${parsed.port || '5432'}` : 'a local socket'
  return `${host}${parsed.pathname}`
}

function explain(error: unknown, place: string): ServiceError {
  const { code, message } = error as { code?: string; message?: string }
  // Five characters of SQLSTATE: the server itself said no.
  if (/^(?=.*\d)[0-9A-Z]{5}$/.test(code ?? '')) {
    const hint = 'Check user, password and database name in DATABASE_URL.'
    return new ServiceError('refused', `PostgreSQL at ${place} refused (${code}). ${hint}`, {
      cause: error,
    })
  }
  return new ServiceError(
    'unreachable',
    `No PostgreSQL answers at ${place} (${code ?? message ?? 'no reason given'}). Start it, ` +
      'correct DATABASE_URL, or unset it to use the embedded PostgreSQL.',
    { cause: error },
  )
}
