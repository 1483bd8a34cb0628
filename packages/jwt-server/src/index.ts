export { composeServer } from './compose.js'
export type { Surroundings } from './compose.js'
export { createApp } from './app.js'
export type { AppDeps } from './app.js'
export { loadConfig } from './config.js'
export type { JwtConfig, RefreshStoreKind, Revocation } from './config.js'
export type { JwtPorts } from './ports.js'
export { PostgresRefreshFamilies, refreshSchema } from './stores/postgres.js'
export { defineFamilyCommands, redisKeys, RedisRefreshFamilies } from './stores/redis.js'
export { MemoryRefreshFamilies } from './stores/memory.js'
export { CLOCK_MARGIN_MS, MAX_LIVE_TOKENS, withinGrace } from './stores/spent-token-policy.js'
export type { SpentTokenPolicy } from './stores/spent-token-policy.js'
export type {
  FamilySettings,
  RefreshFamilyStore,
  RotationResult,
} from './stores/refresh-family-store.js'
