import { type Promises, SERVER_NAMES, type Strategy } from '@session-vs-jwt/workbench'
import { markdownTable } from 'markdown-table'

/** What a client sends with every request to say who it is. */
export interface Sent {
  readonly header: 'Cookie' | 'Authorization'
  /** Of the header's value, for a user with an email address of 28 characters. */
  readonly bytes: number
}

/** One strategy, as a run of the suite saw it. */
export interface Compared extends Pick<Strategy, 'id' | 'server' | 'title' | 'state'> {
  readonly label: string
  readonly sent: Sent
  readonly seen: Partial<Promises>
}

type Answered = Omit<Compared, 'seen'> & { readonly seen: Promises }

/** The questions that a comparison of session and token asks, and how an answer is put. */
const QUESTIONS: readonly (readonly [question: string, answer: (it: Answered) => string])[] = [
  ['Where is the login kept?', ({ seen }) => PLACES[seen.stateIn]],
  ['What does the client send?', ({ sent }) => `${SENDS[sent.header]}, ${sent.bytes} bytes`],
  ['What is asked to know who sends a request?', ({ seen }) => asked(seen.identityCost)],
  ['Can its holder read what is in it?', ({ seen }) => (seen.clientCanRead ? 'yes' : 'no')],
  ['Does a second instance know the login?', ({ seen }) => yes(seen.secondInstance, 'knows-it')],
  ['Does the login survive a restart?', ({ seen }) => yes(seen.afterRestart, 'kept')],
  ['Is the identity served with Redis stopped?', ({ seen }) => SERVED[seen.withoutRedis]],
  ['A copy of the credential after logout', ({ seen }) => LIVES[seen.afterLogout]],
  [
    'The same after a logout everywhere, or a new password',
    ({ seen }) => LIVES[seen.afterLogoutAll],
  ],
  ['The credential that set the new password', ({ seen }) => OWN[seen.afterOwnNewPassword]],
  ['A credential of an account that was deleted', ({ seen }) => LIVES[seen.afterUserDeleted]],
  ['A credential that a rotation replaced', ({ seen }) => SPENT[seen.spentCredential]],
  ['Can a user see and end other devices?', ({ seen }) => (seen.devices ? 'yes' : 'no, 501')],
]

const PLACES = {
  redis: 'in Redis',
  postgres: 'in PostgreSQL',
  process: 'in the process',
  credential: 'nowhere: the credential is all',
} as const
const SENDS = { Cookie: '`Cookie`', Authorization: '`Authorization: Bearer`' } as const
const SERVED = { served: 'yes', unavailable: 'no, 503' } as const
const LIVES = {
  'dead-at-once': 'dead at once',
  'lives-until-expiry': 'lives until it expires',
} as const
const OWN = { 'goes-on': 'goes on', 'must-be-renewed': 'has to be renewed' } as const
const SPENT = { refused: 'refused', 'still-works': 'still works' } as const

const yes = (value: string, wanted: string): string => (value === wanted ? 'yes' : 'no')

function asked({ sql, redis }: Promises['identityCost']): string {
  if (sql + redis === 0) return 'nobody'
  return sql > 0 ? `PostgreSQL, ${sql} statement` : `Redis, ${redis} command`
}

/** The comparison as Markdown, one table for each server, and as JSON. */
export function comparisonTables(compared: readonly Compared[]): {
  markdown: string
  json: string
} {
  const answered = compared as readonly Answered[]
  const tables = (['session', 'jwt'] as const).map((server) => {
    const name = SERVER_NAMES[server]
    const rows = answered.filter((it) => it.server === server)
    return `## ${name[0]?.toUpperCase()}${name.slice(1)}\n\n${tableOf(rows)}`
  })
  const strategies = answered.map(({ sent, seen, ...strategy }) => ({ ...strategy, sent, seen }))
  return {
    markdown: `${[HEAD, ...tables].join('\n\n')}\n`,
    json: `${JSON.stringify({ source: SOURCE, strategies }, null, 2)}\n`,
  }
}

const SOURCE = 'test/contract/strategies.test.ts'

const HEAD = `# The strategies compared

Each cell is what a test saw (\`${SOURCE}\`): the suite did it to a running server, and the
strategy promised it. \`npm test\` fails where a cell is no longer true, and
\`npm test -- test/contract/strategies -u\` writes this page anew.`

function tableOf(rows: readonly Answered[]): string {
  return markdownTable([
    ['', ...rows.map(({ label }) => label)],
    ...QUESTIONS.map(([question, answer]) => [question, ...rows.map(answer)]),
  ])
}
