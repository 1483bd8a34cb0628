import type { Clock } from '@session-vs-jwt/http-edge'
import {
  describeCommand,
  describeSecretCall,
  type PortsFor,
  portsWhenUsed,
  traceCalls,
} from '@session-vs-jwt/request-trace'
import {
  type ComposedServer,
  connectSharedPorts,
  type SharedPorts,
  type StoreUses,
} from '@session-vs-jwt/server-process'
import type { RedisConnection } from '@session-vs-jwt/stores/redis'
import { anHourBefore } from '@session-vs-jwt/stores'
import jwt from 'jsonwebtoken'
import { createApp, type AppDeps } from './app.js'
import type { JwtConfig } from './config.js'
import type { JwtPorts } from './ports.js'
import { familyTables, PostgresRefreshFamilies } from './stores/postgres.js'
import {
  defineFamilyCommands,
  FAMILY_COMMANDS,
  FAMILY_KEYS,
  RedisRefreshFamilies,
} from './stores/redis.js'
import type { FamilySettings, RefreshFamilyStore } from './stores/refresh-family-store.js'

/**
 * The store remembers a revocation for longer than an access token lives. A token may be issued just as its family
 * ends, and the clock that decides when a token expires may differ from the store's clock by up to an hour.
 */
const MARGIN_MS = 3_600_000

/** What the server takes from its surroundings, and what a test brings itself. */
export type Surroundings = Pick<AppDeps, 'logger' | 'clock' | 'newId' | 'onFinished'>

/** Connects the stores that the settings name and puts the server together. It does not listen. */
export async function composeServer(
  config: JwtConfig,
  surroundings: Surroundings,
): Promise<ComposedServer> {
  const shared = await connectSharedPorts(config, surroundings.logger, usesOf(config))
  const ports = makePorts(config, shared, surroundings.clock)
  shared.finishRevocations(ports(undefined).families)
  return {
    handler: (draining) => createApp({ ...surroundings, config, ports, draining }).callback(),
    close: shared.close,
  }
}

function makePorts(config: JwtConfig, shared: SharedPorts, clock: Clock): PortsFor<JwtPorts> {
  return portsWhenUsed<JwtPorts>({
    ...shared.ports,
    families: chooseStore(config, shared, clock),
    jwt: traceCalls('sign', jwt, ['sign', 'verify'], describeSecretCall),
  })
}

function usesOf({ refreshStore }: JwtConfig): StoreUses {
  return {
    tables: refreshStore === 'postgres' ? familyTables : [],
    keys: refreshStore === 'redis' ? FAMILY_KEYS : [],
  }
}

/** The one place where a strategy's store is chosen. */
function chooseStore(
  config: JwtConfig,
  { sql, redis, onUnreadable, everyMinute }: SharedPorts,
  clock: Clock,
): PortsFor<RefreshFamilyStore | undefined> {
  const rememberedMs = config.accessSeconds * 1000 + MARGIN_MS
  const denyMs = config.revocation === 'denylist' ? rememberedMs : 0
  const generationMs = config.revocation === 'valid-after' ? rememberedMs : undefined
  const policy = config.refreshPolicy
  const settings = { denyMs, generationMs, clock, onUnreadable, policy }
  if (config.refreshStore === 'redis' && redis) return redisFamilies(redis, settings)
  if (config.refreshStore === 'postgres') {
    const unwatched = new PostgresRefreshFamilies(sql(undefined), settings)
    everyMinute('families', (signal) => unwatched.removeExpired(anHourBefore(clock()), signal))
    return (trace) => new PostgresRefreshFamilies(sql(trace), settings)
  }
  return () => undefined
}

function redisFamilies(
  connection: RedisConnection,
  settings: FamilySettings,
): PortsFor<RefreshFamilyStore> {
  const defined = defineFamilyCommands(connection)
  const commands = traceCalls('redis', defined, FAMILY_COMMANDS, describeCommand)
  const { deadline } = connection
  return (trace) => new RedisRefreshFamilies(commands(trace), { ...settings, deadline })
}
