export { keyAccess } from './key-access.js'
export type { KeyUse } from './key-access.js'
export {
  parseRedisUrl,
  REDIS_URL_FORMS,
  redisClient,
  RedisDatabaseError,
  RedisUrlError,
} from './redis-address.js'
export type { RedisAddress } from './redis-address.js'
export { connectRedis, defineWrite } from './redis.js'
export type { RedisConnection, WriteScript } from './redis.js'
