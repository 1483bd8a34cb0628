export { checkContainers, checkEngine } from './container/check-containers.js'
export { type ServiceImages, serviceImages } from './container/images.js'
export {
  type BalancedInstance,
  type BalancedService,
  balancerConfig,
  CHECK_USER_AGENT,
  SERVED_BY_HEADER,
} from './balancer/balancer-config.js'
export { findBalancerProgram } from './balancer/balancer-program.js'
export { type Balancer, type BalancerOptions, startBalancer } from './balancer/start-balancer.js'
export { type InspectOptions, inspectServices, type ServiceFinding } from './inspect-services.js'
export { findPoolerProgram } from './pooler/pooler-program.js'
export { type Pooler, type PoolerOptions, startPooler } from './pooler/start-pooler.js'
export { findProgram } from './program/find-program.js'
export { programEnvironment } from './program/server-program.js'
export type { ProgramKind, ServerProgram } from './program/server-program.js'
export { unpackPackage } from './program/debian-package.js'
export { lockHolder, whileLocked } from './process/folder-lock.js'
export { isDiskFull } from './process/full-disk.js'
export { startedAt } from './process/process-list.js'
export { endOfLog, openLog } from './process/server-log.js'
export { makeUsable } from './process/usable-folder.js'
export { freePort, freePorts } from './process/free-port.js'
export { removeData } from './remove-data.js'
export { ServiceError, type ServiceErrorCode } from './service-error.js'
export {
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './postgres/embedded-postgres.js'
export {
  type PostgresContainerOptions,
  startPostgresContainer,
} from './postgres/postgres-container.js'
export { checkReplicaUrl } from './postgres/postgres-by-url.js'
export { type PostgresReplicaOptions, startPostgresReplica } from './postgres/postgres-replica.js'
export { type PostgresOptions, startPostgres } from './postgres/start-postgres.js'
export type {
  EmbeddedPostgres,
  PostgresByUrl,
  PostgresContainer,
  StartedPostgres,
} from './postgres/started-postgres.js'
export {
  type RedisCluster,
  type RedisClusterOptions,
  startRedisCluster,
} from './redis/redis-cluster.js'
export { type RedisContainerOptions, startRedisContainer } from './redis/redis-container.js'
export type { RedisProcessOptions } from './redis/redis-process.js'
export {
  type RedisWithSentinels,
  type RedisWithSentinelsOptions,
  startRedisWithSentinels,
} from './redis/redis-sentinels.js'
export { findRedisProgram } from './redis/redis-program.js'
export {
  type FindServer,
  type RedisOptions,
  startRedis,
  startRedisProcess,
} from './redis/start-redis.js'
export type {
  RedisByUrl,
  RedisContainer,
  RedisProcess,
  StartedRedis,
} from './redis/started-redis.js'
export {
  type StoreReport,
  type StoreState,
  StoreWatch,
  type StoreWatchOptions,
} from './store-watch.js'
