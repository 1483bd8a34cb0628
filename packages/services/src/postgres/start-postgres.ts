import { type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded-postgres.js'
import { postgresByUrl } from './postgres-by-url.js'
import type { StartedPostgres } from './started-postgres.js'

/** Where to find a PostgreSQL, or where to keep one. */
export interface PostgresOptions extends EmbeddedPostgresOptions {
  /** If given, this server is used as it is, and the other options have no effect. */
  readonly databaseUrl?: string | undefined
}

/** A PostgreSQL to talk to: the one that was given, else an embedded one. */
export async function startPostgres(options: PostgresOptions): Promise<StartedPostgres> {
  if (options.databaseUrl) return postgresByUrl(options.databaseUrl)
  return startEmbeddedPostgres(options)
}
