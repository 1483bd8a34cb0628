import { markdownTable } from 'markdown-table'
import type { Measured } from '../figures-page.js'
import type { Figure, Section } from './figures.js'

interface PageSection {
  readonly section: Section
  readonly title: string
  readonly text: string
  /** What a row shows, and under which heading. */
  readonly columns: Readonly<Record<string, string>>
}

export const sections: readonly PageSection[] = [
  {
    section: 'failover',
    title: 'A master is lost under load',
    text: `Nine users of each strategy read, list their devices and log in all the while; one server is killed, or falls asleep
with its connections open. Nobody is ever answered as somebody else or as nobody, and what is refused is
refused within a second: tests demand both. A cluster goes on for the users whose keys other masters have; with
one master and sentinels everybody waits. The servers of these tests take silence for death after 2 s
(\`cluster-node-timeout\`, \`down-after-milliseconds\`); Redis' own defaults are 15 s and 30 s, and the wait for a
promotion grows with them.`,
    columns: {
      fault: 'what',
      strategy: 'strategy',
      served: 'served',
      refused: '503',
      usersRefused: 'users refused',
      users: 'of users',
      slowestRefusalMs: 'slowest refusal',
      promotedAfterMs: 'replica promoted after',
      backAfterPromotionMs: 'all served after that',
      acknowledged: 'logins acknowledged',
      lost: 'of these lost',
    },
  },
  {
    section: 'loss',
    title: 'What a failover can lose',
    text: `A master answers before its replica has the write: replication is asynchronous. One client writes to one
master of the cluster, one write after another, for three seconds; then the master is killed, the replica is
promoted, and every acknowledged write is looked for. A replica in step loses what was under way. One whose
process merely sleeps loses no more as long as the sockets hold what it has not read (some hundred kilobytes, or
some thousand; the kernel decides): that has left the master and waits for it. What they hold no more is in the
master's memory and dies with it. One that is cut off loses everything since, however well it was acknowledged: a
login that is gone, and a logout whose session lives again until it is repeated or ends by itself.

\`min-replicas-to-write 1\` makes a master refuse writes (503) while no replica listens; with
\`min-replicas-max-lag 1\` that is a second or two after the last word of one that fell silent. \`WAIT 1\` after each write asks whether
the replica has it: one command and one round trip between servers more for each write, and a write that
is refused this way is on the master all the same, as a ghost
([WAIT](https://redis.io/docs/latest/commands/wait/),
[write safety](https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#write-safety)). The servers
use neither: \`min-replicas-to-write\` is a setting of Redis, which they answer with 503.`,
    columns: {
      what: 'what',
      acknowledged: 'acknowledged',
      lost: 'of these lost',
      windowMs: 'first lost before the last',
      refused: 'refused',
      medianMs: 'median write',
    },
  },
  {
    section: 'replica',
    title: 'PostgreSQL with a replica that lags',
    text: `\`DATABASE_REPLICA_URL\` names a streaming replica. Only \`GET /users\` reads there ([decision
22](../decisions/0022-reads-that-may-lag.md)). Replay is paused (\`pg_wal_replay_pause()\`), then the replica
is killed; what is asked of each endpoint right after a write of one's own, and what it answers:`,
    columns: {
      what: 'what',
      request: 'request',
      sees: 'answers',
      slowestMs: 'slowest of 20',
    },
  },
]

/** The record for people: a table for each section. */
export function clusterMarkdown({ measuredOn, machine, figures }: Measured<Figure>): string {
  const intro = `# A store of many servers: failover, and what it loses

Measured by \`test/cluster\` on ${measuredOn} (${machine}); \`npm run test:all -- test/cluster -u\` writes this page
anew. The Redis Cluster has six servers on one machine: three masters, each with a replica. The contract suite runs
on it for every strategy that keeps its state in Redis. The milliseconds are those of one run on one machine.`
  const parts = sections.flatMap(({ section, title, text, columns }) => [
    `## ${title}`,
    text,
    table(
      columns,
      figures.filter((it) => it.section === section),
    ),
  ])
  return `${[intro, ...parts].join('\n\n')}\n`
}

function table(columns: PageSection['columns'], rows: readonly Figure[]): string {
  const names = Object.keys(columns)
  return markdownTable([
    Object.values(columns),
    ...rows.map((row) => names.map((name) => cell(name, row[name]))),
  ])
}

function cell(name: string, value: Figure[string]): string {
  if (value === undefined) return '-'
  if (name === 'strategy') return `\`${value}\``
  return name.endsWith('Ms') ? `${value} ms` : String(value)
}
