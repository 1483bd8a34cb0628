import type { SqlClient } from './sql.js'

/** As many as PostgreSQL removes well within the limit for a statement, on a slow disk too. */
const ROWS_AT_ONCE = 500

export interface ExpiredRows {
  readonly table: string
  /** The column, with an index, that says when a row has expired. */
  readonly column: string
  /** Rows that expired before this go. */
  readonly before: Date | number
}

/**
 * Removes expired rows a few at a time until none is left or `signal` is aborted: one statement for all
 * would exceed its time limit as soon as enough rows wait. Several instances may do this at once; each
 * skips the rows that another one has locked.
 */
export async function removeExpiredRows(
  sql: SqlClient,
  { table, column, before }: ExpiredRows,
  signal?: AbortSignal,
): Promise<void> {
  const statement = {
    name: `expired-rows.${table}`,
    text: `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM ${table} WHERE ${column} < $1 ORDER BY ${column} LIMIT ${ROWS_AT_ONCE}
      FOR UPDATE SKIP LOCKED))`,
    values: [before],
  }
  for (;;) {
    if (signal?.aborted) return
    const { rowCount } = await sql.query(statement)
    if ((rowCount ?? 0) < ROWS_AT_ONCE) return
  }
}
