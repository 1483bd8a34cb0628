export { anHourBefore, everyMinute, repeat } from './every-minute.js'
export { applyLimits, checkLimits, isPooled } from './pooler.js'
export { checkCreate, PostgresSetupError } from './postgres-setup.js'
export { connectPostgres, epochMs, violatedUniqueIndex } from './sql.js'
export type { RepeatedWork, WorkListener } from './every-minute.js'
export { removeExpiredRows } from './expired-rows.js'
export { keyAccess } from './key-access.js'
export type { KeyUse } from './key-access.js'
export { oncePerKey } from './once-per-key.js'
export { applySchema } from './apply-schema.js'
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
export { checkReplica, replicaFirst } from './replica.js'
export { isStoreUnavailable, storeFailure } from './store-unavailable.js'
export type { StoreFailure } from './store-unavailable.js'
export { tableAccess } from './table-access.js'
export type { TableUse } from './table-access.js'
