import type { SqlClient } from './sql.js'

/** PostgreSQL answers, and somebody has to change a setting first. The message says which one, and how. */
export class PostgresSetupError extends Error {
  override readonly name = 'PostgresSetupError'
}

/** @throws {PostgresSetupError} when the role may not create tables in the schema `public` */
export async function checkCreate(client: SqlClient): Promise<void> {
  const { rows } = await client.query<{ role: string; exists: boolean; allowed: boolean }>({
    text: `SELECT quote_ident(current_user) AS role, oid IS NOT NULL AS exists,
      has_schema_privilege(oid, 'CREATE') AND has_schema_privilege(oid, 'USAGE') AS allowed
      FROM (SELECT to_regnamespace('public')::oid AS oid) found`,
  })
  const { role, exists, allowed } = rows[0] ?? { role: '', exists: true, allowed: true }
  if (allowed) return
  throw new PostgresSetupError(
    exists
      ? `The role ${role} may not create tables in the schema "public"; as the schema's owner, run: ` +
          `GRANT USAGE, CREATE ON SCHEMA public TO ${role};`
      : `The database has no schema "public"; as the database's owner, run: ` +
          `CREATE SCHEMA public AUTHORIZATION ${role};`,
  )
}
