import { Client, DatabaseError, Pool, type QueryConfig } from 'pg'

/** One SQL statement. A `name` makes PostgreSQL plan it once for each connection. */
export interface Statement {
  readonly name?: string
  readonly text: string
  readonly values?: readonly unknown[]
}

export interface SqlResult<Row> {
  readonly rows: Row[]
  readonly rowCount: number | null
}

/** What a repository needs of PostgreSQL: one statement, one answer. `pg.Pool` is one. */
export interface SqlClient {
  query<Row extends object>(statement: Statement): Promise<SqlResult<Row>>
}

export interface PostgresOptions {
  readonly url: string
  /** Connections kept at most. Default 10. */
  readonly poolSize?: number
  /** Called when a connection fails while nobody uses it: a fact to log, never a reason to die. */
  readonly onIdleError?: (error: Error) => void
}

export interface PostgresConnection {
  readonly sql: SqlClient
  /** Resolves when a statement went through. */
  readonly ping: () => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * A pool whose every wait is bounded, so that a request is answered within a second while
 * PostgreSQL is stopped or paused: connecting, the statement on the server, the answer on the wire.
 */
export function connectPostgres(options: PostgresOptions): PostgresConnection {
  const pool = new Pool({
    connectionString: options.url,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: 800,
    statement_timeout: 700,
    query_timeout: 800,
    idle_in_transaction_session_timeout: 2_000,
    keepAlive: true,
    allowExitOnIdle: true,
  })
  // Without a listener, the loss of an idle connection ends the process.
  pool.on('error', (error) => options.onIdleError?.(error))
  const sql: SqlClient = {
    // pg's own types ask for a mutable array; it does not change it.
    query: (statement) => pool.query(statement as QueryConfig),
  }
  return {
    sql,
    ping: async () => {
      await sql.query({ text: 'SELECT 1' })
    },
    close: () => pool.end(),
  }
}

/** The name of the unique index or constraint that refused a write, if that is what `error` says. */
export function violatedUniqueIndex(error: unknown): string | undefined {
  return error instanceof DatabaseError && error.code === '23505' ? error.constraint : undefined
}

/**
 * Runs `schema` (idempotent DDL) under an advisory lock, so that several processes may do it at once.
 * DDL is the one thing that may take longer than a request: it gets a connection of its own.
 */
export async function applySchema(url: string, schema: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock(7519)')
    for (const ddl of schema) await client.query(ddl)
  } finally {
    await client.end()
  }
}
