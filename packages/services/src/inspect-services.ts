import { HAPROXY } from './balancer/balancer-program.js'
import { postgresLockPath } from './postgres/embedded-postgres.js'
import { installedBinaries, tryRun } from './postgres/postgres-binaries.js'
import { hasCluster } from './postgres/postgres-cluster.js'
import { postgresByUrl } from './postgres/postgres-by-url.js'
import { choosePlace } from './postgres/postgres-place.js'
import { lockHolder } from './process/folder-lock.js'
import { canUnpackPackages, unpackedProgram } from './program/debian-package.js'
import { notInstalled } from './program/find-program.js'
import { installedProgram, type ProgramKind } from './program/server-program.js'
import { redisByUrl } from './redis/redis-by-url.js'
import { redisLockPath } from './redis/redis-process.js'
import { REDIS } from './redis/redis-program.js'
import { ServiceError } from './service-error.js'

/** What is known of a service without starting it. */
export interface ServiceFinding {
  readonly service: 'PostgreSQL' | 'Redis' | 'balancer'
  /**
   * `ready`: a start will find it. `on-demand`: a start will have to download it. `missing`: a
   * start will do without. `failing`: a start will fail.
   */
  readonly state: 'ready' | 'on-demand' | 'missing' | 'failing'
  /** What was found, or what is wrong, in a line for people; no password in it. */
  readonly what: string
  readonly version?: string
  /** What to do, if there is something. */
  readonly remedy?: string
  /** The process that is running it on this folder right now. */
  readonly runningIn?: number
}

/** What to look at: as for a start. */
export interface InspectOptions {
  readonly databaseUrl?: string | undefined
  readonly redisUrl?: string | undefined
  readonly folder: string
}

/** Looks for all services; starts, downloads and writes nothing. Never throws for a bad finding. */
export async function inspectServices(
  options: InspectOptions,
): Promise<Record<'postgres' | 'redis' | 'balancer', ServiceFinding>> {
  const { databaseUrl, redisUrl, folder } = options
  const [postgres, redis] = await Promise.all([
    finding('PostgreSQL', async () =>
      databaseUrl ? byUrl('PostgreSQL', postgresByUrl(databaseUrl)) : embeddedPostgres(folder),
    ),
    finding('Redis', async () =>
      redisUrl
        ? byUrl('Redis', redisByUrl(redisUrl))
        : { ...programFinding('Redis', REDIS, folder), ...holder(redisLockPath(folder)) },
    ),
  ])
  return { postgres, redis, balancer: balancerFinding(folder) }
}

async function finding(
  service: ServiceFinding['service'],
  look: () => Promise<ServiceFinding>,
): Promise<ServiceFinding> {
  try {
    return await look()
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    return { service, state: 'failing', what: error.message }
  }
}

async function byUrl(
  service: ServiceFinding['service'],
  started: Promise<{ version: string; foundAs: string }>,
): Promise<ServiceFinding> {
  const { version, foundAs } = await started
  return { service, state: 'ready', what: foundAs, version }
}

function embeddedPostgres(folder: string): ServiceFinding {
  const place = choosePlace(folder, true)
  const installed = installedBinaries()
  // Where only this process can run them, a start makes a copy for the other account.
  const binaries = tryRun(installed, place.account) ?? tryRun(place.binaries, place.account)
  const version = (binaries ?? tryRun(installed))?.version
  if (version === undefined && tryRun(installed) === undefined) {
    const what = `the PostgreSQL in ${installed} does not run on this machine`
    return { service: 'PostgreSQL', state: 'failing', what, remedy: 'Set DATABASE_URL.' }
  }
  const data = hasCluster(place) ? `data in ${place.data}` : `no data yet, to be in ${place.data}`
  return {
    service: 'PostgreSQL',
    state: 'ready',
    what: `PostgreSQL${version ? ` ${version}` : ''}, embedded; ${data}`,
    ...(version ? { version } : {}),
    ...holder(postgresLockPath(folder)),
  }
}

function balancerFinding(folder: string): ServiceFinding {
  const firstNeed = 'the first start with --instances'
  return programFinding('balancer', HAPROXY, folder, firstNeed)
}

/** What a start would run of a server that other people's packages bring. */
function programFinding(
  service: ServiceFinding['service'],
  kind: ProgramKind,
  folder: string,
  firstNeed = 'the first start',
): ServiceFinding {
  const found = installedProgram(kind) ?? unpackedProgram(kind, folder)
  if (found) {
    const { version, path, origin } = found
    return {
      service,
      state: 'ready',
      what: `${kind.what} ${version}: ${path} (${origin})`,
      version,
    }
  }
  if (!canUnpackPackages()) {
    return { service, state: 'missing', what: notInstalled(kind), remedy: kind.remedy }
  }
  const what = `not installed; ${firstNeed} unpacks the distribution's own below ${folder}`
  const remedy = 'Nothing to do, if the network is there at the first start.'
  return { service, state: 'on-demand', what, remedy }
}

function holder(lockPath: string): { runningIn?: number } {
  const pid = lockHolder(lockPath)
  return pid === undefined ? {} : { runningIn: pid }
}
