import type { Ports } from './ports.js'
import type { StartedStrategy, Workbench } from './workbench.js'

const EMAIL = 'ada@example.org'
const PASSWORD = 'Analytical:Engine'

export interface StartFacts {
  readonly ports: Ports
  /** The strategy that was asked for on the session server. */
  readonly wanted: string
  readonly seconds: number
}

/** What runs where, on what, and what to try next. */
export function startScreen(workbench: Workbench, { ports, wanted, seconds }: StartFacts): string {
  const { session, jwt, postgres, redis } = workbench
  return `
Ready after ${seconds.toFixed(1)} s.

  front page      http://localhost:${ports.page}
  session server  http://localhost:${ports.session}  ${inWords(session)}
  JWT server      http://localhost:${ports.jwt}  ${inWords(jwt)}
  stores          ${postgres.foundAs}
                  ${redis?.foundAs ?? `no Redis: ${withoutRedis(wanted)}`}

Try it in another terminal. Register first; both servers know the same users.

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

/** Lines for a POSIX shell with curl and sed; they may be pasted one by one or all at once. */
export function curlLines(ports: Ports): string {
  const session = `http://localhost:${ports.session}`
  const jwt = `http://localhost:${ports.jwt}`
  const user = `-u '${EMAIL}:${PASSWORD}'`
  const json = `{"nickname":"Ada","email":"${EMAIL}","password":"${PASSWORD}"}`
  return [
    `curl -i -H 'Content-Type: application/json' -d '${json}' ${session}/auth/register/email`,
    '',
    `curl -i -X POST ${user} -c /tmp/ada.cookies ${session}/auth/login/email`,
    `curl -i -b /tmp/ada.cookies ${session}/auth/whoami`,
    '',
    `TOKEN=$(curl -s -X POST ${user} ${jwt}/auth/login/email | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')`,
    `curl -i -H "Authorization: Bearer $TOKEN" ${jwt}/auth/whoami`,
  ].join('\n')
}
