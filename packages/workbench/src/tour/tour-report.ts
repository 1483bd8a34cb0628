import { failureLines } from '../client/failure.js'
import { SERVER_NAMES } from '../servers/server-program.js'
import { hasFailed, type StopResult } from './run-tour.js'
import { tourTable } from './tour-table.js'

/** The tour for people: the table, what failed and why, and how to read the columns. */
export function tourReport(results: readonly StopResult[], columns: number): string {
  const parts = [tourTable(results, columns), ...failures(results)]
  if (!hasFailed(results)) parts.push(LEGEND, 'Every step gave what the contract allows.')
  return parts.join('\n\n')
}

const LEGEND = `hash, sign: milliseconds in bcrypt and in signatures, as the server measured them (Server-Timing)
sent, got: bytes of the HTTP messages, headers included; – : the server does not say`

/** The tour for programs. */
export function tourJson(results: readonly StopResult[]): string {
  const servers = results.map(({ stop, steps }) => ({
    server: stop.server,
    url: stop.url,
    strategy: stop.strategy ?? null,
    steps,
  }))
  return JSON.stringify({ ok: !hasFailed(results), servers }, null, 2)
}

function failures(results: readonly StopResult[]): string[] {
  return results.flatMap(({ stop, steps }) =>
    steps.flatMap(({ step, failure }) => {
      if (!failure) return []
      return [`✗ ${SERVER_NAMES[stop.server]}, step "${step}":\n${failureLines(failure)}`]
    }),
  )
}
