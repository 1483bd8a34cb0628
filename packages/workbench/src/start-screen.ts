import { type Balancer, SERVED_BY_HEADER } from '@session-vs-jwt/services'
import { curlLines } from './curl-lines.js'
import type { Ports } from './ports.js'
import type { StartedStrategy, Workbench } from './workbench.js'

export interface StartFacts {
  readonly ports: Ports
  /** The strategy that was asked for on the session server. */
  readonly wanted: string
  readonly seconds: number
}

/** Below the second column. */
const INDENT = ' '.repeat(18)

/** What runs where, and on what. */
export function startScreen(workbench: Workbench, { ports, wanted, seconds }: StartFacts): string {
  const { session, jwt, postgres, redis, balancer } = workbench
  return `
Ready after ${seconds.toFixed(1)} s.

  front page      http://localhost:${ports.page}
  session server  http://localhost:${ports.session}  ${inWords(session)}
${instancesOf(session)}  JWT server      http://localhost:${ports.jwt}  ${inWords(jwt)}
${instancesOf(jwt)}  stores          ${postgres.foundAs}
                  ${redis?.foundAs ?? `no Redis: ${withoutRedis(wanted)}`}
${balancer ? balancerLines(workbench, balancer) : ''}`
}

/** What to do with it. */
export function whatNext(ports: Ports, { balancer }: Pick<Workbench, 'balancer'>): string {
  const restart = balancer ? 'npm run rolling-restart (no request is lost),\n      ' : ''
  return `Try it in another terminal. Register once (a second time is a 409); both servers
know the same users.

${curlLines(ports)}

Next: npm run tour (both servers side by side), ${restart}npm run doctor, npm start -- --help
Ctrl-C stops everything; the data stays.
`
}

/** Where each of several instances is. */
function instancesOf({ server: { instances } }: StartedStrategy): string {
  if (instances.length === 1) return ''
  const places = instances.map(({ name, url }) => `${name} on ${new URL(url).port}`)
  return `${INDENT}${places.join(', ')}\n`
}

function balancerLines({ session }: Workbench, { foundAs, config }: Balancer): string {
  const isOwn = session.strategy.promises.balanced === 'known-at-one'
  return [
    `  balancer        ${foundAs}`,
    `${INDENT}${config}`,
    `${INDENT}The header ${SERVED_BY_HEADER} of an answer says which instance gave it.`,
    ...(isOwn ? [`${INDENT}${session.strategy.id}: an instance knows its own logins only.`] : []),
    '',
  ].join('\n')
}

function inWords({ strategy }: StartedStrategy): string {
  return `${strategy.id}: ${strategy.state}`
}

function withoutRedis(wanted: string): string {
  const instead =
    wanted === 'session-redis' ? ' session-postgres runs instead of session-redis.' : ''
  return `what would live there lives in PostgreSQL.${instead} How to get one: npm run doctor`
}
