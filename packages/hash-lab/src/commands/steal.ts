import { writeFileSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import { HashLabError } from '../hash-lab-error.js'
import { stealTable, TABLE_COSTS } from '../node/steal-table.js'
import { COMMON_PASSWORDS } from '../word-lists.js'
import { populate } from '../password-population.js'
import { seededRandom } from '../random.js'
import { SCHEME_TRAITS, SCHEMES, type Scheme } from '../scheme.js'
import { examples } from './examples.js'
import { count } from '../figures.js'
import { parseCost } from './hash.js'
import { interruption } from './interruption.js'
import { progress } from './progress.js'
import { jsonText } from './json-text.js'

const MOST_USERS = 1_000_000
const MOST_SEED = 2 ** 31 - 1

interface StealOptions {
  readonly users: number
  readonly scheme: Scheme
  readonly cost?: number
  readonly out?: string
  readonly answers?: string
  readonly words?: string
  readonly seed?: number
  readonly force?: true
  readonly json?: true
}

export function stealCommand(): Command {
  return new Command('steal')
    .description(
      'Make a table as it leaks: users, and the hashes of passwords that people choose. In the form that\n' +
        'John the Ripper reads, and hashcat with --username.',
    )
    .addOption(
      new Option('--users <n>', 'how many users')
        .default(1000)
        .argParser(wholeNumber(1, MOST_USERS)),
    )
    .addOption(
      new Option('--scheme <scheme>', 'how the passwords were kept')
        .choices(SCHEMES.filter((it) => it !== 'jwt'))
        .default('md5'),
    )
    .addOption(
      new Option(
        '--cost <n>',
        'of bcrypt (default 6), scrypt (2^n KiB, default 12) and argon2id (2^n KiB, default 12)',
      ).argParser(parseCost),
    )
    .option('--out <file>', 'where to write it (default: leaked-<scheme>.txt)')
    .option('--answers <file>', 'write the passwords too, for the teacher')
    .option(
      '--words <file>',
      'write the 49,000 common passwords that the lab tries, for other programs',
    )
    .addOption(
      new Option('--seed <n>', 'the same number gives the same table').argParser(
        wholeNumber(0, MOST_SEED),
      ),
    )
    .option('--force', 'overwrite files that exist')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        'steal --users 1000 --scheme md5',
        'steal --scheme bcrypt --cost 5 --users 100 --out bcrypt.txt',
        'steal --scheme sha256-salt --seed 7 --answers answers.txt',
        'steal --scheme md5 --words words.txt',
      ),
    )
    .action(steal)
}

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (given) => {
    const value = Number(given)
    if (given.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`It is a whole number from ${count(min)} to ${count(max)}.`)
  }
}

async function steal(options: StealOptions): Promise<void> {
  const { users, scheme, json } = options
  const cost = costOf(options)
  const file = options.out ?? `leaked-${scheme}.txt`
  const seed = options.seed ?? Math.floor(Math.random() * MOST_SEED)
  const random = seededRandom(seed)
  const people = populate(users, random)
  const signal = interruption()
  const startedAt = performance.now()
  const bar = progress(`Hashing with ${scheme}`)
  const onProgress = (done: number): void =>
    bar.update({ fraction: done / users, seconds: (performance.now() - startedAt) / 1000 })
  const lines = await stealTable({ people, scheme, cost, random, signal, onProgress })
  bar.stop()
  if (lines.length < users) {
    console.error(
      `Stopped: ${count(lines.length)} of ${count(users)} were hashed; nothing is written.`,
    )
    return
  }
  write(file, lines, options)
  if (options.answers) {
    write(
      options.answers,
      people.map(({ user, password }) => `${user}:${password}`),
      options,
    )
  }
  if (options.words) write(options.words, COMMON_PASSWORDS, options)
  const seconds = (performance.now() - startedAt) / 1000
  const commands = crackerCommands(file, options)
  if (json) console.log(jsonText({ file, scheme, users, cost, seed, seconds, commands }))
  else console.log(text(file, options, seed))
}

function costOf({ scheme, cost }: StealOptions): number {
  const usual = TABLE_COSTS[scheme]
  if (cost === undefined || usual !== undefined) return cost ?? usual ?? 0
  throw new HashLabError(
    `${scheme} has no cost: it is as fast as it can be, and that is what is wrong with it. ` +
      'bcrypt, scrypt and argon2id have one.',
  )
}

function write(file: string, lines: readonly string[], { force }: StealOptions): void {
  try {
    writeFileSync(file, `${lines.join('\n')}\n`, { flag: force ? 'w' : 'wx', mode: 0o600 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') {
      throw new HashLabError(
        `${file} exists. Overwrite it with --force, or name another with --out.`,
      )
    }
    throw new HashLabError(`${file} cannot be written (${code}).`, 1)
  }
}

/** What breaks the table with other programs, for a shell. */
interface CrackerCommands {
  readonly hashcat: readonly string[]
  readonly john: readonly string[]
}

function crackerCommands(
  file: string,
  { scheme, words = 'words.txt' }: StealOptions,
): CrackerCommands {
  const { hashcatMode, johnFormat, fast, salted } = SCHEME_TRAITS[scheme]
  const table = quoted(file)
  // John has a notation of its own for salts.
  const johnTable = fast && salted ? quoted(`${file}.john`) : table
  const toJohn = `sed -E 's/:([0-9a-f]+):(.*)/:$${johnFormat}$\\1$\\2/' ${table} > ${johnTable}`
  return {
    hashcat: [
      `hashcat -a 0 -m ${hashcatMode} --username ${table} ${quoted(words)}`,
      `hashcat -m ${hashcatMode} --username --show ${table}`,
    ],
    john: [
      ...(johnTable === table ? [] : [toJohn]),
      `john --format=${johnFormat} --wordlist=${quoted(words)} ${johnTable}`,
      `john --format=${johnFormat} --show ${johnTable}`,
    ],
  }
}

function quoted(file: string): string {
  return /^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", String.raw`'\''`)}'`
}

function text(file: string, options: StealOptions, seed: number): string {
  const { users, scheme, words } = options
  const { hashcat, john } = crackerCommands(file, options)
  return [
    `${file}: ${count(users)} users, ${scheme}. The same table again: --seed ${seed}`,
    '',
    'Break it here:',
    `  npm run hash-lab -- attack ${quoted(file)}`,
    `With hashcat${scheme === 'argon2id' ? ' 7 or newer' : ''}:`,
    ...hashcat.map((it) => `  ${it}`),
    `With John the Ripper${scheme === 'bcrypt' ? '' : ', in its "jumbo" build (Debian’s isn’t one)'}:`,
    ...john.map((it) => `  ${it}`),
    ...(words
      ? []
      : [
          'words.txt is a word list of yours. To get the one that the lab tries: --words words.txt',
        ]),
  ].join('\n')
}
