import {
  newCommand,
  type NoAnswer,
  readBaseUrl,
  strategiesOf,
  WorkbenchError,
} from '@session-vs-jwt/workbench'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { jsonReport, junitReport } from './report/data-reports.js'
import { countsOf, type Report } from './report/report.js'
import { TextReport } from './report/text-report.js'
import { rows } from './rows/index.js'
import { type Row, whyNotApplicable } from './suite/row.js'
import { type Outcome, runRows, whySilent } from './suite/run-rows.js'
import type { Target } from './suite/target.js'

const SERVERS = { cookie: 'session', bearer: 'jwt' } as const

interface Options {
  readonly url?: string
  readonly credential?: keyof typeof SERVERS
  readonly strategy?: string
  readonly only?: readonly string[]
  readonly timeout: number
  readonly json?: true
  readonly junit?: true
  readonly list?: true
}

/** `npm run contract`: the suite against a server that somebody else runs. */
export function contractCommand(): Command {
  return newCommand({
    usage: 'npm run contract --',
    description:
      'Run the contract suite against a server of your own, in any language. Exit code 1 if a row ' +
      'fails, 2 if the suite cannot run. It registers users and tries wrong passwords and forged ' +
      'tokens: point it at a server that you may treat so, and at a database that you can clear.',
    examples: [
      'npm run contract -- --url http://127.0.0.1:4000 --credential bearer',
      'npm run contract -- --url http://127.0.0.1:4000 --credential bearer --strategy jwt-stateless',
      'npm run contract -- --url http://127.0.0.1:4000 --credential cookie --only rotate logout/everywhere',
      'npm run -s contract -- --url http://127.0.0.1:4000 --credential cookie --junit > report.xml',
      'npm run contract -- --list',
    ],
  })
    .option('--url <url>', 'where the server answers; paths of the contract are appended')
    .addOption(new Option('--credential <kind>', 'what it hands out').choices(Object.keys(SERVERS)))
    .option(
      '--strategy <id>',
      'the strategy to whose promises it is held; default: any of those that keep logins',
    )
    .option('--only <row...>', 'rows, or sections, to run; see --list')
    .option('--timeout <seconds>', 'how long an answer may take', positive, 10)
    .addOption(new Option('--json', 'print the report as JSON').conflicts('junit'))
    .option('--junit', 'print the report as JUnit XML')
    .addOption(
      new Option('--list', 'print the rows, and what each one needs').conflicts(['json', 'junit']),
    )
    .action(contract)
}

function positive(text: string): number {
  const value = Number(text)
  if (value > 0 && value <= 600) return value
  throw new InvalidArgumentError('It must be a number of seconds, at most 600.')
}

async function contract(options: Options): Promise<void> {
  const chosen = chosenRows(options.only)
  if (options.list) return console.log(listOf(chosen))
  const target = targetOf(options)
  checkApplicable(chosen, target)
  const silence = await whySilent(target)
  if (silence) throw noAnswerFrom(target.url, silence)
  const isText = !options.json && !options.junit
  const text = new TextReport(isText ? console.log : () => undefined)
  const outcomes: Outcome[] = []
  const report: Report = { target, outcomes }
  text.begin(target)
  const stop = (): void => {
    text.end(report)
    console.error(`Interrupted: ${chosen.length - outcomes.length} rows were not run.`)
    process.exit(130)
  }
  process.once('SIGINT', stop)
  for await (const outcome of runRows(chosen, target)) {
    outcomes.push(outcome)
    text.outcome(outcome)
  }
  process.off('SIGINT', stop)
  text.end(report)
  if (options.json) console.log(jsonReport(report))
  if (options.junit) console.log(junitReport(report))
  if (countsOf(report).failed > 0) process.exitCode = 1
}

/** @throws {WorkbenchError} (exit code 2) for names that no row has */
function chosenRows(only: readonly string[] | undefined): readonly Row[] {
  if (!only) return rows
  for (const name of only) {
    if (rows.some((row) => isNamed(row, name))) continue
    throw new WorkbenchError(`There is no row and no section "${name}". See --list.`, 2)
  }
  return rows.filter((row) => only.some((name) => isNamed(row, name)))
}

const isNamed = ({ id }: Row, name: string): boolean => id === name || id.startsWith(`${name}/`)

/**
 * A run without a verdict is no success.
 *
 * @throws {WorkbenchError} (exit code 2) if no row says anything about this server
 */
function checkApplicable(chosen: readonly Row[], target: Target): void {
  const reasons = chosen.map((row) => whyNotApplicable(row, target))
  if (reasons.includes(undefined)) return
  const why = [...new Set(reasons)].join(', or ')
  throw new WorkbenchError(`None of these rows applies to this server: each ${why}.`, 2)
}

/** What OpenSSL and Node.js call a certificate that nobody vouches for here. */
const UNTRUSTED = /SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|CERT_UNTRUSTED/

/** What to do about a server that says nothing at all. */
export function noAnswerFrom(url: string, { code = '', message }: NoAnswer): WorkbenchError {
  const [reason, advice] = UNTRUSTED.test(code)
    ? [message, 'Name the file with its certificate, or that of its CA, in NODE_EXTRA_CA_CERTS.']
    : code === 'EPROTO'
      ? ['it speaks no TLS there', 'Is it http, and not https?']
      : [message, 'Is the server started, and is that its address?']
  return new WorkbenchError(`No answer from ${url} (${reason}). ${advice}`, 2)
}

function listOf(listed: readonly Row[]): string {
  return listed
    .map(({ id, title, needs, only }) => {
      const marks = [...(only ? [only === 'session' ? 'cookie' : 'bearer'] : []), ...(needs ?? [])]
      return `${id}: ${title}${marks.length > 0 ? ` [${marks.join(', ')}]` : ''}`
    })
    .join('\n')
}

/** @throws {WorkbenchError} (exit code 2) */
function targetOf({ url, credential, strategy, timeout }: Options): Target {
  if (url === undefined || credential === undefined) {
    throw new WorkbenchError(
      'Say which server: --url, and what it hands out: --credential cookie or bearer.\n' +
        'See: npm run contract -- --help',
      2,
    )
  }
  const server = SERVERS[credential]
  return {
    url: readBaseUrl(url, '--url', 'http://127.0.0.1:4000'),
    server,
    strategies: heldTo(strategy, server),
    withinMs: timeout * 1000,
  }
}

/** Strategies without any state give up what a reader would take for granted: they must be asked for. */
function heldTo(id: string | undefined, server: Target['server']): Target['strategies'] {
  const known = strategiesOf(server)
  if (id === undefined) return known.filter(({ promises }) => promises.devices)
  const strategy = known.find((it) => it.id === id)
  if (strategy) return [strategy]
  throw new WorkbenchError(
    `There is no strategy "${id}" with this credential. There are: ${known.map((it) => it.id).join(', ')}.`,
    2,
  )
}
