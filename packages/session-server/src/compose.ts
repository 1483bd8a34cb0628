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
import Keygrip from 'keygrip'
import { createApp, type AppDeps } from './app.js'
import type { SessionConfig } from './config.js'
import type { SessionPorts } from './ports.js'
import { MemorySessions } from './stores/memory.js'
import { PostgresSessions, sessionTables } from './stores/postgres.js'
import { SESSION_KEYS } from './stores/redis/keys.js'
import { RedisSessions } from './stores/redis/redis-sessions.js'
import { defineSessionCommands, SESSION_COMMANDS } from './stores/redis/scripts.js'
import type { SessionStore } from './stores/session-store.js'

/** What the server takes from its surroundings, and what a test brings itself. */
export type Surroundings = Pick<AppDeps, 'logger' | 'clock' | 'newId' | 'random' | 'onFinished'>

/** Connects the stores that the settings name and puts the server together. It does not listen. */
export async function composeServer(
  config: SessionConfig,
  surroundings: Surroundings,
): Promise<ComposedServer> {
  const shared = await connectSharedPorts(config, surroundings.logger, usesOf(config))
  const ports = makePorts(config, shared, surroundings.clock)
  shared.finishRevocations(ports(undefined).sessions)
  return {
    handler: (draining) => createApp({ ...surroundings, config, ports, draining }).callback(),
    close: shared.close,
  }
}

function makePorts(
  config: SessionConfig,
  shared: SharedPorts,
  clock: Clock,
): PortsFor<SessionPorts> {
  return portsWhenUsed<SessionPorts>({
    ...shared.ports,
    sessions: chooseStore(config, shared, clock),
    cookieKeys: signingKeys(config),
  })
}

function usesOf({ store }: SessionConfig): StoreUses {
  return {
    tables: store === 'postgres' ? sessionTables : [],
    keys: store === 'redis' ? SESSION_KEYS : [],
  }
}

/** The one place where a strategy's store is chosen. */
function chooseStore(
  { store }: SessionConfig,
  shared: SharedPorts,
  clock: Clock,
): PortsFor<SessionStore | undefined> {
  const { sql, redis, onUnreadable, everyMinute } = shared
  if (store === 'redis' && redis) return redisSessions(redis, clock, onUnreadable)
  if (store === 'postgres') {
    const unwatched = new PostgresSessions(sql(undefined), onUnreadable)
    everyMinute('sessions', (signal) => unwatched.removeExpired(anHourBefore(clock()), signal))
    return (trace) => new PostgresSessions(sql(trace), onUnreadable)
  }
  if (store === 'memory') {
    const sessions = new MemorySessions()
    everyMinute('sessions', async () => sessions.removeExpired(anHourBefore(clock())))
    return () => sessions
  }
  return () => undefined
}

function redisSessions(
  connection: RedisConnection,
  clock: Clock,
  onUnreadable: (key: string) => void,
): PortsFor<SessionStore> {
  const defined = defineSessionCommands(connection)
  const commands = traceCalls('redis', defined, SESSION_COMMANDS, describeCommand)
  const { deadline, isCluster } = connection
  const settings = { deadline, isCluster, clock, onUnreadable }
  return (trace) => new RedisSessions(commands(trace), settings)
}

/** SHA-256, where Keygrip's default is SHA-1. Its types forget that a key may be bytes. */
function signingKeys({ cookieSecrets }: SessionConfig): PortsFor<Keygrip | undefined> {
  if (cookieSecrets.length === 0) return () => undefined
  const keys = new Keygrip(cookieSecrets as unknown as string[], 'sha256')
  return traceCalls('sign', keys, ['sign', 'index'], describeSecretCall)
}
