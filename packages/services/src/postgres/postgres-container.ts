import type { Place, ServiceContainer } from '../container/service-container.js'
import { randomSecret } from '../process/secret-file.js'
import { postgresVersion } from './postgres-by-url.js'
import { SUPERUSER } from './postgres-cluster.js'
import { FLEETING, SERVER_SETTINGS } from './postgres-command.js'
import { query } from './postgres-database.js'
import type { PostgresContainer } from './started-postgres.js'

/** What a PostgreSQL in a container needs to know. */
export interface PostgresContainerOptions {
  readonly image: string
  /** `workbench` by default, with pg_stat_statements in it. */
  readonly database?: string | undefined
}

/**
 * Starts a PostgreSQL in a container, on a port of the loopback address, with a password of its own.
 * Its data goes with it. Throws `ServiceError`, as `ServiceContainer.start`.
 */
export async function startPostgresContainer(
  options: PostgresContainerOptions,
): Promise<PostgresContainer> {
  const { image, database = 'workbench' } = options
  const password = randomSecret()
  const url = ({ host, port }: Place): string =>
    `postgres://${SUPERUSER}:${password}@${host}:${port}/${encodeURIComponent(database)}`
  // Loaded at need: it brings testcontainers with it, which takes its time.
  const { ServiceContainer } = await import('../container/service-container.js')
  const container = await ServiceContainer.start({
    what: 'PostgreSQL',
    image,
    imageVariable: 'POSTGRES_IMAGE',
    port: 5432,
    furnish: (it) =>
      void it
        .withEnvironment({
          POSTGRES_USER: SUPERUSER,
          POSTGRES_PASSWORD: password,
          POSTGRES_DB: database,
          // The same order of strings as in the embedded one, with every version.
          POSTGRES_INITDB_ARGS: '--encoding=UTF8 --locale=C.UTF-8 --no-sync',
        })
        .withCommand(['postgres', ...SERVER_SETTINGS, ...FLEETING].flatMap(asOption)),
    answers: (place) =>
      postgresVersion(url(place)).then(
        () => true,
        () => false,
      ),
  })
  return started(container, url(container.place), image)
}

function asOption(setting: string, index: number): string[] {
  return index === 0 ? [setting] : ['-c', setting]
}

async function started(
  container: ServiceContainer,
  url: string,
  image: string,
): Promise<PostgresContainer> {
  await query(url, 'create extension if not exists pg_stat_statements')
  const version = await postgresVersion(url)
  const { host, port } = container.place
  return {
    kind: 'container',
    port,
    url,
    version,
    foundAs: `PostgreSQL ${version}, in a container of ${image}, on ${host}:${port}`,
    stop: () => container.stop(),
    kill: () => container.kill(),
    pause: () => container.pause(),
    resume: () => container.resume(),
    restart: () => container.restart(),
  }
}
