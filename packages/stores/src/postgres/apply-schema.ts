import { Client, DatabaseError } from './pg.js'
import { explainPooler } from './pooler.js'
import { checkCreate, PostgresSetupError } from './postgres-setup.js'
import { IN_TIME } from './refused-statement.js'

/**
 * A parameter of this type is refused, and with it the whole statement, once its moment is past. Nobody
 * sets one that is further away than a second: it was made for another clock, before PostgreSQL's own was
 * set back, and the write would be in time for as long as that.
 */
const deadlineType = (timeoutFactor: number): string => `
DO $$ BEGIN
  CREATE DOMAIN public.deadline AS timestamptz;
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;
ALTER DOMAIN public.deadline DROP CONSTRAINT IF EXISTS ${IN_TIME};
ALTER DOMAIN public.deadline ADD CONSTRAINT ${IN_TIME}
  CHECK (VALUE > clock_timestamp() AND VALUE < clock_timestamp() + interval '${timeoutFactor} seconds')`

/**
 * Runs `schema` (idempotent DDL) in one transaction under an advisory lock, so that several processes may do
 * it at once, also through a pooler. DDL may take longer than a request, so it has its own limits.
 *
 * @param timeoutFactor that of the servers which will write there
 * @throws {PostgresSetupError} when the role may not create what is missing
 */
export async function applySchema(
  url: string,
  schema: readonly string[],
  timeoutFactor = 1,
): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  // A query that runs then is rejected, too.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('BEGIN')
    await client.query(`SET LOCAL statement_timeout = '60s'`)
    await client.query(`SET LOCAL idle_in_transaction_session_timeout = '60s'`)
    await client.query('SELECT pg_advisory_xact_lock(7519)')
    await checkCreate(client)
    for (const ddl of [deadlineType(timeoutFactor), ...schema]) await client.query(ddl)
    await client.query('COMMIT')
  } catch (error) {
    throw isForbidden(error) ? notTheOwner(error) : explainPooler(error)
  } finally {
    await client.end()
  }
}

function isForbidden(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.code === '42501'
}

function notTheOwner(cause: DatabaseError): PostgresSetupError {
  return new PostgresSetupError(
    `PostgreSQL does not let this role make or change the tables (${cause.message}). ` +
      'Name the role that owns them in DATABASE_URL.',
    { cause },
  )
}
