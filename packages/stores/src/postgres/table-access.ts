import type { Statement } from './sql.js'

/** What the statements of a server do to one table. */
export interface TableUse {
  readonly table: string
  /** Columns that are read and written. */
  readonly columns: readonly string[]
  /** The columns that are changed in place. */
  readonly updated?: readonly string[]
}

/**
 * One statement that fails wherever a request would: if a table or a column is missing, or if the user may
 * not read, insert, update or delete. It finds no row, so it changes nothing; it is a write, so a read-only
 * PostgreSQL refuses it.
 */
export function tableAccess(uses: readonly TableUse[]): Statement {
  const parts = uses.flatMap(({ table, columns, updated = [] }) => [
    `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${columns.join(', ')} FROM ${table} WHERE false`,
    ...(updated.length > 0
      ? [`UPDATE ${table} SET ${updated.map((it) => `${it} = ${it}`).join(', ')} WHERE false`]
      : []),
    `DELETE FROM ${table} WHERE false`,
  ])
  const named = parts.map((part, index) => `part_${index} AS (${part})`)
  return { name: 'access', text: `WITH ${named.join(', ')} SELECT 1` }
}
