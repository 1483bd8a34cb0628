import { RunningServer, serverEnvironment, type Strategy } from '@session-vs-jwt/workbench'
import type { Bench } from '../runner/bench.js'
import { type StartedServer, startedServer } from './started-server.js'

/** What a server that is measured does not do: tell of its requests. */
const WITHOUT_INSTRUMENTS = { TRACE_EVENTS: 'off', SERVER_TIMING: 'off' }

/**
 * Many users log in before a measurement, and no request of it hashes a password: the cheapest hash
 * will do, which the servers take in tests only.
 */
export const CHEAP_LOGINS: Readonly<Record<string, string>> = {
  NODE_ENV: 'test',
  BCRYPT_COST: '4',
}

/** Settings that all servers of a run share, but for those of the strategy. */
export async function startStrategy(
  bench: Bench,
  strategy: Strategy,
  env: Readonly<Record<string, string>> = {},
  stores: { readonly databaseUrl?: string; readonly redisUrl?: string } = {},
): Promise<StartedServer> {
  const { postgres, redis } = await bench.stores()
  const { server, id } = strategy
  const settings = {
    strategy,
    port: 0,
    databaseUrl: stores.databaseUrl ?? postgres.url,
    redisUrl: stores.redisUrl ?? redis.url,
    secrets: (await bench.secrets())[server],
    origins: [],
  }
  const program = await RunningServer.start({
    server,
    log: bench.nextLog(id),
    // Nothing of the reader's own settings: the result would not say so.
    env: { ...serverEnvironment(settings, bench.machineEnv), ...WITHOUT_INSTRUMENTS, ...env },
  })
  return startedServer(program)
}
