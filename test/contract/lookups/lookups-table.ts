import {
  type EndpointId,
  endpoints,
  type Lookups,
  type ServerKind,
} from '@session-vs-jwt/workbench'
import { markdownTable } from 'markdown-table'

/** What a request was answered, and what it cost. */
export interface MeasuredCost extends Lookups {
  readonly status: number
}

/** A row of the matrix, measured. */
export interface MeasuredStrategy {
  readonly label: string
  readonly server: ServerKind
  readonly costs: Readonly<Record<EndpointId, MeasuredCost>>
}

const IDS = Object.keys(endpoints) as EndpointId[]

const TITLES: Readonly<Record<ServerKind, string>> = {
  session: 'Session server',
  jwt: 'JWT server',
}

/** For people: a table for each server, a strategy in each column. */
export function lookupsMarkdown(measured: readonly MeasuredStrategy[], requests: number): string {
  const intro = `# Lookups: what each request asks of the stores

Measured by \`test/contract/lookups/lookups.test.ts\`, which writes this page (\`npm run test:all -- test/contract/lookups -u\`): ${requests} requests
for each cell, counted by the server's own trace, and by the stores' counters, \`pg_stat_statements\` and
\`INFO commandstats\`. Both counts agreed. \`npm test\` counts again, around fewer requests.

A cell says how many SQL statements and Redis commands one request costs; a Lua script is one command,
whatever it does inside. \`0\` is a request that no store hears of. A status behind it is an answer
that differs from that of the other strategies. Failed logins are counted in Redis here under every
strategy. Beside the requests, each connection to PostgreSQL reads its clock once, and what has expired
is removed from PostgreSQL once a minute. Every five seconds, a server also looks in PostgreSQL for devices
that a new password or the end of an account should have logged out.
`
  const tables = (['session', 'jwt'] as const).map((server) => {
    const rows = measured.filter((it) => it.server === server)
    return `## ${TITLES[server]}\n\n${table(rows, measured)}\n`
  })
  return [intro, ...tables].join('\n')
}

function table(
  columns: readonly MeasuredStrategy[],
  measured: readonly MeasuredStrategy[],
): string {
  const head = ['request', 'answer', ...columns.map(({ label }) => label)]
  const body = IDS.map((id) => {
    const usual = usualStatus(id, measured)
    const cells = columns.map(({ costs }) => cell(costs[id], usual))
    return [endpoints[id].request, String(usual), ...cells]
  })
  return markdownTable([head, ...body])
}

/** What most strategies answer. */
function usualStatus(id: EndpointId, measured: readonly MeasuredStrategy[]): number {
  const statuses = measured.map(({ costs }) => costs[id].status)
  const times = (status: number): number => statuses.filter((it) => it === status).length
  return statuses.reduce((best, it) => (times(it) > times(best) ? it : best))
}

function cell({ status, sql, redis }: MeasuredCost, usual: number): string {
  const parts = [...(sql ? [`${sql} SQL`] : []), ...(redis ? [`${redis} Redis`] : [])]
  return (parts.join(' + ') || '0') + (status === usual ? '' : ` (${status})`)
}

/** For programs: the same counts, by strategy and endpoint. */
export function lookupsJson(measured: readonly MeasuredStrategy[], requests: number): string {
  const about = 'SQL statements and Redis commands of one request; written by lookups.test.ts'
  const costs = ({ costs: of }: MeasuredStrategy): string[] =>
    IDS.map((id) => {
      const { status, sql, redis } = of[id]
      return `"${id}": { "status": ${status}, "sql": ${sql}, "redis": ${redis} }`
    })
  const named = IDS.map((id) => `"${id}": ${JSON.stringify(endpoints[id].request)}`)
  const rows = measured.map((it) => `"${it.label}": ${block(costs(it), 2)}`)
  const fields = [
    `"about": ${JSON.stringify(about)}`,
    `"requests": ${requests}`,
    `"endpoints": ${block(named, 1)}`,
    `"strategies": ${block(rows, 1)}`,
  ]
  return `${block(fields, 0)}\n`
}

function block(fields: readonly string[], depth: number): string {
  const indent = '  '.repeat(depth)
  return `{\n${fields.map((it) => `${indent}  ${it}`).join(',\n')}\n${indent}}`
}
