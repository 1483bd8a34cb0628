import type { StoreCost } from './measure.js'

/** What is measured, and where. */
export interface ScaleRecord {
  readonly measuredOn: string
  readonly machine: string
  /** By the store and what is kept there. */
  readonly costs: Readonly<Record<Kept, StoreCost>>
}

export type Kept =
  | 'session in Redis'
  | 'session in PostgreSQL'
  | 'family in Redis'
  | 'family in PostgreSQL'

/** What is assumed: change it, and the page is another one. */
export const assumptions = {
  /** Of all users, those who come on a day. */
  activeShare: 0.2,
  /** Logins of each of them on a day, and how long each lasts: the absolute limit, as if none was ended. */
  loginsPerDay: 2,
  loginHours: 8,
  /** Requests that carry a credential, of each of them on a day; the busiest second has so many times the mean. */
  requestsPerDay: 200,
  peak: 3,
  /** A renewal for each so many minutes of use, and how long somebody who comes uses it on a day. */
  renewEveryMinutes: 5,
  minutesOfUse: 30,
  /** How far a server is loaded before another one is added, and the memory that it may fill with data. */
  load: 0.5,
  memoryGiB: 16,
} as const

export const POPULATIONS = [1_000_000, 100_000_000] as const

/** What a strategy is, as docs/contract/strategies.json tells. */
export interface StrategyFacts {
  readonly label: string
  readonly sent: { readonly bytes: number }
  readonly seen: {
    readonly stateIn: string
    readonly identityCost: { readonly sql: number; readonly redis: number }
  }
  readonly server: 'session' | 'jwt'
}

/** What it takes at the busiest time. */
export interface Need {
  readonly liveLogins: number
  readonly requestsPerSecond: number
  readonly redisCommandsPerSecond: number
  readonly sqlPerSecond: number
  readonly storeGiB: number
  /** Masters of a Redis Cluster, by memory and by one busy processor each; each has a replica. */
  readonly redisMasters: number
  /** Processors of PostgreSQL for statements on logins alone. */
  readonly postgresCores: number
  /** Of the credential alone, on the way to the servers. */
  readonly credentialMbitPerSecond: number
  /** Round trips to a store before a request may be answered. */
  readonly hops: number
}

const GIB = 2 ** 30

export function needOf(users: number, facts: StrategyFacts, { costs }: ScaleRecord): Need {
  const { stateIn, identityCost } = facts.seen
  const a = assumptions
  const active = users * a.activeShare
  const busiest = (perDay: number): number => (active * perDay * a.peak) / 86_400
  const requests = busiest(a.requestsPerDay)
  const renewals = busiest(a.minutesOfUse / a.renewEveryMinutes)
  const isKept = stateIn === 'redis' || stateIn === 'postgres'
  const liveLogins = (active * a.loginsPerDay * a.loginHours) / 24
  const what = facts.server === 'session' ? 'session' : 'family'
  const inRedis = costs[`${what} in Redis`]
  const inPostgres = costs[`${what} in PostgreSQL`]
  const read = costs['session in PostgreSQL'].cpuPerReadUs
  const redis = requests * identityCost.redis + (stateIn === 'redis' ? renewals : 0)
  const sql = requests * identityCost.sql + (stateIn === 'postgres' ? renewals : 0)
  const bytes = isKept
    ? liveLogins * (stateIn === 'redis' ? inRedis.bytesPerLogin : inPostgres.bytesPerLogin)
    : 0
  const cores = (perSecond: number, us: number): number => (perSecond * us) / 1e6 / a.load
  const byMemory = stateIn === 'redis' ? bytes / (a.memoryGiB * GIB) : 0
  const byProcessor = cores(redis, costs['session in Redis'].cpuPerReadUs)
  return {
    liveLogins: isKept ? liveLogins : 0,
    requestsPerSecond: requests,
    redisCommandsPerSecond: redis,
    sqlPerSecond: sql,
    storeGiB: bytes / GIB,
    redisMasters: redis > 0 ? Math.max(1, Math.ceil(byMemory), Math.ceil(byProcessor)) : 0,
    postgresCores: cores(sql, read),
    credentialMbitPerSecond: (requests * facts.sent.bytes * 8) / 1e6,
    hops: identityCost.redis + identityCost.sql,
  }
}
