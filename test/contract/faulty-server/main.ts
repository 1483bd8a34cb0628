import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { CORRECT, startEachMistake, startFaultyServer } from './faulty-server.js'
import { type MistakeId, mistakes } from './mistakes.js'
import { tryExploits } from './try-exploits.js'

interface Options {
  readonly with?: readonly MistakeId[]
  readonly port: number
  readonly each?: true
  readonly exploit?: readonly MistakeId[] | true
  readonly list?: true
}

const program = new Command('npm run faulty-server --')
  .description(
    'Start a login server with the mistakes of login tutorials, each one a switch.\n' +
      'Without any it follows the contract. Its users live in memory, and end with it.',
  )
  .option('--with <ids...>', 'mistakes to make, with spaces or commas between', readIds)
  .option('--port <port>', 'where it listens, on this machine only', readPort, 4000)
  .addOption(
    new Option(
      '--each',
      'every mistake at once, each at a server of its own: /quick-no/auth/login/email, …',
    ).conflicts('with'),
  )
  .addOption(
    new Option(
      '--exploit [ids...]',
      'use the mistakes (default: all), show what comes of it with each and without, and end',
    )
      .argParser(readIds)
      .conflicts(['with', 'each']),
  )
  .option('--list', 'show the mistakes and what each one does')
  .helpOption('-h, --help', 'show this')
  .addHelpText(
    'after',
    `
Examples:
  npm run faulty-server -- --list
  npm run faulty-server -- --with unawaited-compare
  npm run faulty-server -- --with split-colon,quick-no --port 4001
  npm run faulty-server -- --each
  npm run faulty-server -- --exploit split-colon`,
  )
  .allowExcessArguments(false)
  .exitOverride()
  .action(run)

const ALL = mistakes.map(({ id }) => id)

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

async function run({ with: ids = [], port, each, exploit, list }: Options): Promise<void> {
  if (list) return console.log(table(process.stdout.columns ?? 100))
  if (exploit) return tryExploits(exploit === true ? ALL : exploit, console.log)
  const server = await (each
    ? startEachMistake({ port })
    : startFaultyServer({ mistakes: ids, port }))
  process.once('SIGINT', () => void server.stop())
  process.once('SIGTERM', () => void server.stop())
  console.log((each ? eachLines(server.url) : oneLines(server.url, ids)).join('\n'))
}

function oneLines(url: string, ids: readonly MistakeId[]): string[] {
  return [
    `${url}  ${ids.length > 0 ? `makes: ${ids.join(', ')}` : 'makes no mistake'}`,
    `npm run contract -- --url ${url} --credential bearer`,
  ]
}

function eachLines(url: string): string[] {
  return [
    ...[CORRECT, ...ALL].map((id) => `${url}/${id}`),
    `npm run contract -- --url ${url}/${CORRECT} --credential bearer`,
  ]
}

function readIds(text: string, before?: readonly MistakeId[] | true): readonly MistakeId[] {
  const names = text.split(',').filter((it) => it !== '')
  return [...new Set([...(Array.isArray(before) ? before : []), ...names.map(readId)])]
}

function readId(name: string): MistakeId {
  const found = mistakes.find(({ id }) => id === name)
  if (found) return found.id
  const known = mistakes.map(({ id }) => id).join(', ')
  throw new InvalidArgumentError(`There is no mistake "${name}". There are: ${known}.`)
}

function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new InvalidArgumentError('A port is a number from 0 to 65535.')
}

/** A mistake in a row: its id, and what goes wrong, in lines of at most `width`. */
function table(width: number): string {
  const indent = Math.max(...mistakes.map(({ id }) => id.length)) + 2
  const rows = mistakes.map(({ id, title, goesWrong }) => {
    const lines = wrap(`${title}. ${goesWrong}`, Math.max(30, width - indent))
    return id.padEnd(indent) + lines.join(`\n${' '.repeat(indent)}`)
  })
  return rows.join('\n')
}

function wrap(text: string, width: number): string[] {
  return text.match(new RegExp(`.{1,${width}}(?= |$)|\\S+`, 'g'))?.map((it) => it.trim()) ?? []
}

/** Says what went wrong, in a line; 1 for what failed, 2 for what was asked wrongly. */
function report(error: unknown): number {
  // Commander has printed its message; its own codes are 0 after a help text, else 1.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const { code, message } = error as NodeJS.ErrnoException
  const { port } = program.opts<Options>()
  const known: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} is in use. Choose another one with --port.`,
    EACCES: `Port ${port} is not for everybody. Choose one above 1023 with --port.`,
  }
  console.error(known[code ?? ''] ?? message)
  return 1
}
