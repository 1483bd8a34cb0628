/** The images that services in containers are made from. */
export interface ServiceImages {
  /** An image that takes what the official one does, such as `postgres:17`. */
  readonly postgres: string
  /** An image with a `redis-server`: `redis:7`, `valkey/valkey:9-alpine`. */
  readonly redis: string
}

/** Those that `POSTGRES_IMAGE` and `REDIS_IMAGE` name, else the official ones. */
export function serviceImages(env: Readonly<Record<string, string | undefined>>): ServiceImages {
  return {
    postgres: env['POSTGRES_IMAGE'] || 'postgres:18-alpine',
    redis: env['REDIS_IMAGE'] || 'redis:8-alpine',
  }
}
