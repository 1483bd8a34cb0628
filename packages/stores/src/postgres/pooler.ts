import { Client } from './pg.js'
import { PostgresSetupError } from './postgres-setup.js'
import type { SqlResult } from './sql.js'

/** PostgreSQL's own limits on every connection of a server, in milliseconds. */
export const LIMITS = {
  statement_timeout: 350,
  idle_in_transaction_session_timeout: 2_000,
} as const

/** Whether the address says that it leads to a PgBouncer in transaction mode. */
export function isPooled(url: string): boolean {
  return URL.canParse(url) && new URL(url).searchParams.get('pgbouncer') === 'true'
}

type Ask = <Row extends object>(text: string) => Promise<SqlResult<Row>>

interface RoleLimit {
  readonly name: keyof typeof LIMITS
  /** The value with which a session of the role begins; 0 means unlimited. */
  readonly ms: string
  readonly role: string
  readonly database: string
}

/**
 * Gives the role of `url` the limits that it lacks, in this database alone, and returns the SQL that did it.
 * Every role may change its own settings.
 */
export async function applyLimits(url: string): Promise<string[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const statements = await missingLimits((text) => client.query(text))
    for (const statement of statements) await client.query(statement)
    return statements
  } finally {
    await client.end()
  }
}

/** The statements that give the role each limit that a new session of it lacks. */
async function missingLimits(ask: Ask): Promise<string[]> {
  // `reset_val` is the role's own value: `setting` may be what another client of the pooler has left behind.
  const { rows } = await ask<RoleLimit>(
    `SELECT name, reset_val::bigint AS ms, quote_ident(current_user) AS role,
      quote_ident(current_database()) AS database
     FROM pg_settings WHERE name IN ('${Object.keys(LIMITS).join("', '")}')`,
  )
  return rows
    .filter(({ name, ms }) => Number(ms) === 0 || Number(ms) > LIMITS[name])
    .map(
      ({ name, role, database }) =>
        `ALTER ROLE ${role} IN DATABASE ${database} SET ${name} = '${LIMITS[name]}ms';`,
    )
}

/**
 * A write that was given up ends because PostgreSQL cancels it. Through PgBouncer, only the role can set
 * that limit: a `SET` would reach the other clients of the same connection.
 *
 * @throws {PostgresSetupError} with the SQL to run, when a limit is missing
 */
export async function checkLimits(ask: Ask): Promise<void> {
  const statements = await missingLimits(ask)
  if (statements.length === 0) return
  throw new PostgresSetupError(
    'DATABASE_URL says pgbouncer=true, and its role lacks the limits that end an abandoned statement. Run ' +
      `"npm run migrate", or: ${statements.join(' ')} Then run RECONNECT in PgBouncer's console, because its ` +
      'open connections keep the old settings.',
  )
}

/** `error`, or in its place what to do, when it is PgBouncer's answer to settings that a connection brings. */
export function explainPooler(error: unknown): unknown {
  const { code, message } = error as { code?: unknown; message?: unknown }
  if (code !== '08P01' || !/startup parameter/.test(String(message))) return error
  return new PostgresSetupError(
    'DATABASE_URL leads to a PgBouncer, which refuses settings at the start of a connection; add ' +
      '"?pgbouncer=true" to the address, and remove other settings from it.',
    { cause: error },
  )
}
