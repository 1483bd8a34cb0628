import {
  assumptions,
  type Need,
  needOf,
  type ScaleRecord,
  type StrategyFacts,
} from '@session-vs-jwt/workbench/scale'
import { markdownTable } from 'markdown-table'

const POPULATIONS = [1_000_000, 100_000_000]

/** The page: what was measured, what is assumed, and what follows for so many users. */
export function scaleMarkdown(
  record: ScaleRecord,
  strategies: readonly StrategyFacts[],
  failovers: string,
): string {
  const parts = [
    intro(record),
    '## Measured',
    measured(record),
    '## Assumed',
    assumed(),
    ...POPULATIONS.flatMap((users) => [
      `## ${count(users)} users`,
      needs(record, strategies, users),
    ]),
    '## What the tables do not show',
    reading(failovers),
  ]
  return `${parts.join('\n\n')}\n`
}

function intro({ measuredOn, machine }: ScaleRecord): string {
  return `# A million users, and a hundred million: what each strategy needs

On paper: computed from what was measured (${measuredOn}, ${machine}; [scale.json](scale.json)) and what is assumed,
nothing else. \`npm run test:all -- test/cluster/scale.test.ts -u\` measures and computes anew; the assumptions are in
\`packages/workbench/src/scale/need.ts\`, and whoever has others gets another page. What a login costs on the machine of the servers
(the password's hash) is the same for all strategies and is left out.`
}

function measured({ costs }: ScaleRecord): string {
  const rows = Object.entries(costs).map(
    ([kept, { bytesPerLogin, cpuPerReadUs, cpuPerLoginUs }]) => [
      kept,
      `${bytesPerLogin} B`,
      `${cpuPerReadUs} µs`,
      `${cpuPerLoginUs} µs`,
    ],
  )
  const head = ['kept', 'a login takes', "of the store's processor: a look", 'a registration']
  return `${markdownTable([head, ...rows])}

Redis: \`used_memory\`, without its copy on a replica. PostgreSQL: table and indexes, of 50,000 rows; a registration
writes the user's row too. A look is \`GET /auth/whoami\` for a session, a renewal for a family, which also writes, one request after another on
four connections; with commands in a pipeline, a store needs less for each.`
}

function assumed(): string {
  const a = assumptions
  return `- ${100 * a.activeShare} % of all users come on a day, log in ${a.loginsPerDay} times, and nobody logs out: a login lasts its
  ${a.loginHours} hours.
- Each sends ${a.requestsPerDay} requests a day with a credential, and a renewal for every ${a.renewEveryMinutes} of ${a.minutesOfUse} minutes of use; the busiest second
  has ${a.peak} times the mean.
- A server is loaded to ${100 * a.load} %, and a Redis keeps at most ${a.memoryGiB} GiB. A Redis runs commands on one processor
  ([benchmarks](https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/benchmarks/)).`
}

function needs(record: ScaleRecord, strategies: readonly StrategyFacts[], users: number): string {
  const rows = strategies.map((facts) => {
    const need = needOf(users, facts, record)
    return [`\`${facts.label.split(' ')[0]}\`${facts.label.replace(/^\S+/, '')}`, ...cells(need)]
  })
  const head = [
    'strategy',
    'live logins kept',
    'requests/s',
    'Redis commands/s',
    'SQL/s on logins',
    'logins take',
    'Redis masters (each with a replica)',
    'processors of PostgreSQL',
    'credentials, Mbit/s',
    'round trips before an answer',
  ]
  return markdownTable([head, ...rows])
}

function cells(need: Need): string[] {
  return [
    count(need.liveLogins),
    count(need.requestsPerSecond),
    count(need.redisCommandsPerSecond),
    count(need.sqlPerSecond),
    need.storeGiB === 0 ? '0' : `${round(need.storeGiB)} GiB`,
    count(need.redisMasters),
    round(need.postgresCores),
    round(need.credentialMbitPerSecond),
    String(need.hops),
  ]
}

function reading(failovers: string): string {
  return `- A Redis Cluster grows to about 1000 nodes
  ([specification](https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#redis-cluster-goals)), far beyond
  both tables. What grows with it is how often a master is lost: ${failovers}
- With more than one Redis master, \`session-redis\` sends two commands for each request: a session id first leads to the slot of
  its user's keys ([decision 3](../decisions/0003-session-ids.md)), and the table counts both.
- PostgreSQL writes on one server. Statements of \`session-postgres\` and \`jwt-user-lookup\` must not lag, so replicas do not take
  them ([decision 22](../decisions/0022-reads-that-may-lag.md)); beyond the processors of one machine, users have to be
  divided among several databases.
- \`session-memory\` keeps its logins in the process, on one machine: the tables count it as nothing kept. \`session-cookie\`,
  \`jwt-stateless\` and \`jwt-rotating\` pay with what they give up instead ([strategies](strategies.md)), and with a bigger
  credential on every request.
- Between data centres a round trip takes longer than the store: what asks a store at every request needs it near, and
  what does not can be checked anywhere that has the public key.`
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function round(value: number): string {
  if (value === 0) return '0'
  return value >= 10 ? count(value) : value.toPrecision(2)
}
