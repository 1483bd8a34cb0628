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
  /** True by default: acknowledged writes survive a kill. False gives that up for speed: for tests. */
  readonly durable?: boolean | undefined
}

/**
 * Starts a PostgreSQL in a container, on a port of the loopback address, with a password of its own.
 * Its data goes with it. Throws `ServiceError`, as `ServiceContainer.start`.
 */
export async function startPostgresContainer(
  options: PostgresContainerOptions,
): Promise<PostgresContainer> {
  const { image, database = 'workbench', durable = true } = options
  const settings = durable ? SERVER_SETTINGS : [...SERVER_SETTINGS, ...FLEETING]
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
          POSTGRES_INITDB_ARGS: `--encoding=UTF8 --locale=C.UTF-8${durable ? '' : ' --no-sync'}`,
        })
        .withCommand(['postgres', ...settings.flatMap((it) => ['-c', it])]),
    answers: (place) =>
      postgresVersion(url(place)).then(
        () => true,
        () => false,
      ),
  })
  return started(container, url(container.place), image)
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
    isRunning: () => container.isRunning(),
    stop: () => container.stop(),
    kill: () => container.kill(),
    pause: () => container.pause(),
    resume: () => container.resume(),
    restart: () => container.restart(),
  }
}
