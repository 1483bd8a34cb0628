/** What a login and a look at it cost a store. */
export interface StoreCost {
  readonly bytesPerLogin: number
  /** Microseconds of the store's processor for one look at the login: whoami, or a renewal by a family. */
  readonly cpuPerReadUs: number
  /** The same for the writes of a registration that begins a login. */
  readonly cpuPerLoginUs: number
}

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

export interface Assumptions {
  /** Of all users, those who come on a day. */
  readonly activeShare: number
  /** Logins of each of them on a day, and how long each lasts: the absolute limit, as if none was ended. */
  readonly loginsPerDay: number
  readonly loginHours: number
  /** Requests that carry a credential, of each of them on a day; the busiest second has so many times the mean. */
  readonly requestsPerDay: number
  readonly peak: number
  /** A renewal for each so many minutes of use, and how long somebody who comes uses it on a day. */
  readonly renewEveryMinutes: number
  readonly minutesOfUse: number
  /** How far a server is loaded before another one is added, and the memory that it may fill with data. */
  readonly load: number
  readonly memoryGiB: number
}

/** What is assumed where nobody says otherwise: change it, and the page is another one. */
export const assumptions: Assumptions = {
  activeShare: 0.2,
  loginsPerDay: 2,
  loginHours: 8,
  requestsPerDay: 200,
  peak: 3,
  renewEveryMinutes: 5,
  minutesOfUse: 30,
  load: 0.5,
  memoryGiB: 16,
}

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

export function needOf(
  users: number,
  facts: StrategyFacts,
  { costs }: ScaleRecord,
  a: Assumptions = assumptions,
): Need {
  const { stateIn, identityCost } = facts.seen
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
  const onOneRedis = requests * identityCost.redis + (stateIn === 'redis' ? renewals : 0)
  const sql = requests * identityCost.sql + (stateIn === 'postgres' ? renewals : 0)
  const bytes = isKept
    ? liveLogins * (stateIn === 'redis' ? inRedis.bytesPerLogin : inPostgres.bytesPerLogin)
    : 0
  const cores = (perSecond: number, us: number): number => (perSecond * us) / 1e6 / a.load
  const byMemory = stateIn === 'redis' ? bytes / (a.memoryGiB * GIB) : 0
  const mastersFor = (redis: number): number => {
    const byProcessor = cores(redis, costs['session in Redis'].cpuPerReadUs)
    return redis > 0 ? Math.max(1, Math.ceil(byMemory), Math.ceil(byProcessor)) : 0
  }
  // In a cluster, a session id leads to its session by a second GET (decision 3).
  const tagReads = facts.server === 'session' && stateIn === 'redis' && mastersFor(onOneRedis) > 1
  const redis = onOneRedis + (tagReads ? requests : 0)
  return {
    liveLogins: isKept ? liveLogins : 0,
    requestsPerSecond: requests,
    redisCommandsPerSecond: redis,
    sqlPerSecond: sql,
    storeGiB: bytes / GIB,
    redisMasters: mastersFor(redis),
    postgresCores: cores(sql, read),
    credentialMbitPerSecond: (requests * facts.sent.bytes * 8) / 1e6,
    hops: identityCost.redis + identityCost.sql + (tagReads ? 1 : 0),
  }
}
