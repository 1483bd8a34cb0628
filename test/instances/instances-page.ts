import { writeFile } from 'node:fs/promises'
import type { Promises } from '@session-vs-jwt/workbench'
import { markdownTable } from 'markdown-table'
import { measuredHere } from '../figures-page.js'
import type { Outcome } from './crowd.js'

/** What happened to a crowd, counted. */
export interface Figure {
  /** Requests by the status that they got; 0 where the connection gave none. */
  readonly answers: Readonly<Record<string, number>>
  /** Those of them that got no answer, or a 5xx. */
  readonly lost: number
  readonly slowestMs: number
  /** Milliseconds that the replacement of all instances took. */
  readonly tookMs?: number
  readonly logins: number
  readonly kept: number
}

/** One strategy, as a run saw it. */
export interface Compared {
  readonly label: string
  readonly seen: Partial<Promises>
  readonly replaced: Figure
  readonly killed?: Figure
}

export function figureOf({ answers, logins, kept }: Outcome, tookMs?: number): Figure {
  const counts: Record<string, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return {
    answers: counts,
    lost: answers.filter(({ status }) => status === 0 || status >= 500).length,
    slowestMs: Math.round(Math.max(...answers.map(({ ms }) => ms))),
    ...(tookMs !== undefined && { tookMs: Math.round(tookMs) }),
    logins,
    kept,
  }
}

const FILE = 'docs/contract/instances'

/** Writes docs/contract/instances with what was seen. */
export async function writePage(compared: readonly Compared[]): Promise<void> {
  const { measuredOn, machine } = measuredHere()
  const record = { measuredOn, machine, strategies: compared }
  await writeFile(`${FILE}.json`, `${JSON.stringify(record, undefined, 2)}\n`)
  await writeFile(`${FILE}.md`, instancesMarkdown(record))
}

/** What a run saw, and where. */
export interface InstancesRecord {
  readonly measuredOn: string
  readonly machine: string
  readonly strategies: readonly Compared[]
}

/** The record for people. */
export function instancesMarkdown(record: InstancesRecord): string {
  const { measuredOn, machine, strategies: compared } = record
  return `# Several instances: what each strategy notices

Seen by \`test/instances\` on ${measuredOn} (${machine}): three processes of each server behind HAProxy, as
\`npm start -- --instances 3\` starts them. \`npm run test:all -- test/instances -u\` writes this page anew. The
milliseconds are those of one run on one machine.

## Who knows a login

The balancer sends requests to the instances in turn.

${markdownTable([
  ['', 'the requests of one login', 'logins after a rolling restart'],
  ...compared.map(({ label, seen }) => [
    label,
    seen.balanced === 'known-at-one' ? 'one in three is known, the others 401' : 'all known',
    seen.rollingRestart ?? '-',
  ]),
])}

## All instances replaced, one after the other

Clients read, write, renew, rotate and log in all the while, some on connections that they keep, some on a new one
for each request. A request is lost if it gets no answer, or a 5xx. Every post that was acknowledged is in the
database once. A login is kept if it still opens private routes and can be renewed when all is over.

${figures(compared.map(({ label, replaced }) => [label, replaced]))}

## One instance killed

As above, and one of three is killed with SIGKILL. What was only to be read is read from another instance. A POST
that the killed one had may have been done, so the balancer does not repeat it. If it was a rotation, and done, its
device holds a spent credential, and has to log in again (\`REFRESH_POLICY\` is what JWT servers have for that).

${figures(compared.flatMap(({ label, killed }) => (killed ? [[label, killed]] : [])))}
`
}

function figures(rows: readonly (readonly [label: string, figure: Figure])[]): string {
  return markdownTable([
    ['', 'requests by status', 'lost', 'slowest answer', 'took', 'logins kept'],
    ...rows.map(([label, { answers, lost, slowestMs, tookMs, logins, kept }]) => [
      label,
      Object.entries(answers)
        .map(([status, count]) => `${count} × ${status}`)
        .join(', '),
      String(lost),
      `${slowestMs} ms`,
      tookMs === undefined ? '-' : `${(tookMs / 1000).toFixed(1)} s`,
      `${kept} of ${logins}`,
    ]),
  ])
}
