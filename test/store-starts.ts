import {
  type EmbeddedPostgres,
  findRedisProgram,
  type PostgresContainer,
  type RedisContainer,
  type RedisProcess,
  type ServiceImages,
  serviceImages,
  startEmbeddedPostgres,
  startPostgresContainer,
  startRedisContainer,
  startRedisProcess,
} from '@session-vs-jwt/services'

/** The images of the run's stores, if they are to be in containers: `SERVICES=containers`. */
export function wantedImages(): Partial<ServiceImages> {
  return process.env['SERVICES'] === 'containers' ? serviceImages(process.env) : {}
}

/** A Redis that had to be unpacked is kept where `npm start` keeps it, for the next run. */
export const findServer: typeof findRedisProgram = () => findRedisProgram({ folder: '.workbench' })

/** A PostgreSQL of one's own, made as the run's: embedded, with its data in `folder`, or in a container. */
export async function startOwnPostgres(
  folder: string,
): Promise<EmbeddedPostgres | PostgresContainer> {
  const { postgres: image } = wantedImages()
  return image
    ? startPostgresContainer({ image, durable: false })
    : startEmbeddedPostgres({ folder, durable: false })
}

/** A Redis of one's own, made as the run's. */
export async function startOwnRedis(folder: string): Promise<RedisProcess | RedisContainer> {
  const { redis: image } = wantedImages()
  if (image) return startRedisContainer({ image, durable: false })
  return startRedisProcess({ folder, findServer, durable: false })
}
