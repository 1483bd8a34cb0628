import { type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded-postgres.js'
import { startPostgresContainer } from './postgres-container.js'
import { postgresByUrl } from './postgres-by-url.js'
import type { StartedPostgres } from './started-postgres.js'

/** Where to find a PostgreSQL, or where to keep one. */
export interface PostgresOptions extends EmbeddedPostgresOptions {
  /** If given, this server is used as it is, and the other options have no effect. */
  readonly databaseUrl?: string | undefined
  /** If given, and no URL, PostgreSQL runs in a container of this image. */
  readonly image?: string | undefined
}

/** A PostgreSQL to talk to: the one that was given, else one in a container, else an embedded one. */
export async function startPostgres(options: PostgresOptions): Promise<StartedPostgres> {
  if (options.databaseUrl) return postgresByUrl(options.databaseUrl)
  if (options.image) return startPostgresContainer({ ...options, image: options.image })
  return startEmbeddedPostgres(options)
}
