export { anHourBefore, everyMinute } from './every-minute.js'
export { applySchema, connectPostgres, violatedUniqueIndex } from './sql.js'
export type { PostgresConnection, SqlClient, SqlResult, Statement } from './sql.js'
export { connectRedis, defineWrite } from './redis.js'
export type { RedisConnection, WriteScript } from './redis.js'
export {
  parseRedisUrl,
  redisClient,
  RedisDatabaseError,
  REDIS_URL_FORMS,
  RedisUrlError,
} from './redis-address.js'
export type { RedisAddress } from './redis-address.js'
export { checkPostgresUrl, POSTGRES_URL_FORM, PostgresUrlError } from './postgres-address.js'
export { replicaFirst } from './replica.js'
export { isStoreUnavailable } from './store-unavailable.js'
