import type { Place, ServiceContainer } from '../container/service-container.js'
import { randomSecret } from '../process/secret-file.js'
import { redisVersion } from './redis-by-url.js'
import { redisConfig } from './redis-config.js'
import type { RedisContainer } from './started-redis.js'

/** What a Redis in a container needs to know. */
export interface RedisContainerOptions {
  readonly image: string
  /** True: acknowledged writes survive a kill. False keeps nothing over a restart. */
  readonly durable?: boolean | undefined
}

const PORT = 6379
// A file, since a password in an argument is public; the server reads it under an account of its own.
const CONFIG = '/etc/workbench-redis.conf'

/**
 * Starts a Redis (or Valkey) in a container, on a port of the loopback address, with a password of
 * its own. Its data goes with it. Throws `ServiceError`, as `ServiceContainer.start`.
 */
export async function startRedisContainer(options: RedisContainerOptions): Promise<RedisContainer> {
  const { image, durable = true } = options
  const password = randomSecret()
  const url = ({ host, port }: Place): string => `redis://:${password}@${host}:${port}`
  // From inside the container, its port is published to one address only.
  const settings = { bind: '* -::*', port: PORT, password, data: '/data', durable }
  // Loaded at need: it brings testcontainers with it, which takes its time.
  const { ServiceContainer } = await import('../container/service-container.js')
  const container = await ServiceContainer.start({
    what: 'Redis',
    image,
    imageVariable: 'REDIS_IMAGE',
    port: PORT,
    furnish: (it) =>
      void it
        .withCopyContentToContainer([
          { content: redisConfig(settings), target: CONFIG, mode: 0o644 },
        ])
        // Valkey's images have it under this name too.
        .withCommand(['redis-server', CONFIG]),
    answers: (place) =>
      redisVersion(url(place)).then(
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
): Promise<RedisContainer> {
  const version = await redisVersion(url)
  const { host, port } = container.place
  return {
    kind: 'container',
    port,
    url,
    version,
    foundAs: `Redis ${version}, in a container of ${image}, on ${host}:${port}`,
    isRunning: () => container.isRunning(),
    stop: () => container.stop(),
    kill: () => container.kill(),
    pause: () => container.pause(),
    resume: () => container.resume(),
    restart: () => container.restart(),
  }
}
