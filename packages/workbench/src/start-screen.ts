import { curlLines } from './curl-lines.js'
import type { Ports } from './ports.js'
import type { StartedStrategy, Workbench } from './workbench.js'

export interface StartFacts {
  readonly ports: Ports
  /** The strategy that was asked for on the session server. */
  readonly wanted: string
  readonly seconds: number
}

/** What runs where, and on what. */
export function startScreen(workbench: Workbench, { ports, wanted, seconds }: StartFacts): string {
  const { session, jwt, postgres, redis } = workbench
  return `
Ready after ${seconds.toFixed(1)} s.

  front page      http://localhost:${ports.page}
  session server  http://localhost:${ports.session}  ${inWords(session)}
  JWT server      http://localhost:${ports.jwt}  ${inWords(jwt)}
  stores          ${postgres.foundAs}
                  ${redis?.foundAs ?? `no Redis: ${withoutRedis(wanted)}`}
`
}

/** What to do with it. */
export function whatNext(ports: Ports): string {
  return `Try it in another terminal. Register once (a second time is a 409); both servers
know the same users.

${curlLines(ports)}

Next: npm run tour (both servers side by side), npm run doctor, npm start -- --help
Ctrl-C stops everything; the data stays.
`
}

function inWords({ strategy }: StartedStrategy): string {
  return `${strategy.id}: ${strategy.state}`
}

function withoutRedis(wanted: string): string {
  const instead =
    wanted === 'session-redis' ? ' session-postgres runs instead of session-redis.' : ''
  return `what would live there lives in PostgreSQL.${instead} How to get one: npm run doctor`
}
