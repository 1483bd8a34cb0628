import { RunningServer, serverEnvironment, type Strategy } from '@session-vs-jwt/workbench'
import type { Bench } from '../runner/bench.js'
import { type StartedServer, startedServer } from './started-server.js'

/** What a server that is measured does not do: tell of its requests. */
export const WITHOUT_INSTRUMENTS: Readonly<Record<string, string>> = {
  TRACE_EVENTS: 'off',
  SERVER_TIMING: 'off',
}

/**
 * Many users log in before a measurement, and no request of it hashes a password: the cheapest hash
 * will do, which the servers take in tests only.
 */
export const CHEAP_LOGINS: Readonly<Record<string, string>> = {
  NODE_ENV: 'test',
  BCRYPT_COST: '4',
}

export interface StrategyOptions {
  /** Settings beside those of the strategy. */
  readonly env?: Readonly<Record<string, string>>
  readonly algorithm?: 'HS256' | 'RS256' | 'ES256'
  /** Where the stores are, if another way leads there than the straight one. */
  readonly databaseUrl?: string
  readonly redisUrl?: string
}

/** Our server of `strategy`, with its instruments off; the run's stores and keys. */
export async function startStrategy(
  bench: Bench,
  strategy: Strategy,
  options: StrategyOptions = {},
): Promise<StartedServer> {
  const key = JSON.stringify([strategy.id, options])
  return bench.server(key, async () => startedServer(await runStrategy(bench, strategy, options)))
}

/** The same as a process that can be listened to. */
export async function runStrategy(
  bench: Bench,
  strategy: Strategy,
  options: StrategyOptions = {},
): Promise<RunningServer> {
  const { postgres, redis } = await bench.stores()
  const { env = {}, algorithm, databaseUrl = postgres.url, redisUrl = redis.url } = options
  const { server, id } = strategy
  const settings = {
    strategy,
    port: 0,
    databaseUrl,
    redisUrl,
    secrets: (await bench.secrets(algorithm))[server],
    origins: [],
  }
  return RunningServer.start({
    server,
    log: bench.nextLog(id),
    // None of the reader's own settings: the result would not say so.
    env: {
      ...serverEnvironment(settings, bench.place.machineEnv),
      ...WITHOUT_INSTRUMENTS,
      ...env,
    },
  })
}
