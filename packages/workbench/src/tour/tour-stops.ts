import { availableStrategy } from '../available-strategy.js'
import { readBaseUrl } from '../client/base-url.js'
import { exchange } from '../client/http-exchange.js'
import { findRunning, type RecordedServer, type RunningRecord } from '../running-record.js'
import { SERVER_NAMES } from '../servers/server-program.js'
import { strategyById } from '../strategies.js'
import type { ServerKind } from '../strategy.js'
import { WorkbenchError } from '../workbench-error.js'
import type { TourStop } from './visit.js'

const EXAMPLE = 'http://localhost:3001'

export interface GivenUrls {
  readonly session?: string | undefined
  readonly jwt?: string | undefined
}

/**
 * Where the tour goes: to the servers at the URLs that were given, else to those of the workbench
 * that runs, whose record is at `recordPath`.
 *
 * @throws {WorkbenchError} (exit code 2) if there is no server, with what to do
 */
export async function findStops(given: GivenUrls, recordPath: string): Promise<TourStop[]> {
  const record = given.session && given.jwt ? undefined : await findRunning(recordPath)
  const recorded = record ? recordedStops(record) : []
  const stops = (['session', 'jwt'] as const).map((server) => {
    const url = given[server]
    if (url !== undefined) return { server, url: readBaseUrl(url, `--${server}-url`, EXAMPLE) }
    return recorded.find((stop) => stop.server === server) ?? missing(server)
  })
  await Promise.all(stops.map(checkAnswers))
  return stops
}

/** The servers of a running workbench, with what their strategies promise. */
export function recordedStops({ servers, redis = true }: RunningRecord): TourStop[] {
  if (!servers) return []
  const stop = (server: ServerKind, { url, strategy }: RecordedServer): TourStop => {
    const { promises } = availableStrategy(strategyById(strategy), redis)
    return { server, url, strategy, promises }
  }
  return [stop('session', servers.session), stop('jwt', servers.jwt)]
}

function missing(server: ServerKind): never {
  throw new WorkbenchError(
    `No ${SERVER_NAMES[server]} to go to: no workbench is running here. Start one with "npm start" ` +
      `in another terminal, take the tour with "npm start -- --tour", or give --${server}-url.`,
    2,
  )
}

/** Any answer will do: what it must be is what the tour finds out. */
async function checkAnswers({ server, url }: TourStop): Promise<void> {
  try {
    await exchange({ method: 'GET', url, headers: {} })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new WorkbenchError(
      `The ${SERVER_NAMES[server]} does not answer at ${url} (${code ?? message}).`,
      2,
    )
  }
}
