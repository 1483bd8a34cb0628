import { writeFileSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import { HashLabError } from '../hash-lab-error.js'
import { stealTable, TABLE_COSTS } from '../node/steal-table.js'
import { populate } from '../password-population.js'
import { seededRandom } from '../random.js'
import { SCHEME_TRAITS, SCHEMES, type Scheme } from '../scheme.js'
import { examples } from './examples.js'
import { count } from '../figures.js'
import { parseCost } from './hash.js'
import { interruption } from './interruption.js'
import { progress } from './progress.js'

const MOST_USERS = 1_000_000
const MOST_SEED = 2 ** 31 - 1

interface StealOptions {
  readonly users: number
  readonly scheme: Scheme
  readonly cost?: number
  readonly out?: string
  readonly answers?: string
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
  const seconds = (performance.now() - startedAt) / 1000
  if (json) console.log(JSON.stringify({ file, scheme, users, cost, seed, seconds }, null, 2))
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

function text(file: string, { users, scheme }: StealOptions, seed: number): string {
  const { hashcatMode, johnFormat } = SCHEME_TRAITS[scheme]
  return [
    `${file}: ${count(users)} users, ${scheme}. The same table again: --seed ${seed}`,
    '',
    `Break it here:       npm run hash-lab -- attack ${file}`,
    `With hashcat:        hashcat --username -m ${hashcatMode} ${file} words.txt`,
    `With John (jumbo¹):  john --format=${johnFormat} --wordlist=words.txt ${file}`,
    scheme === 'bcrypt'
      ? '¹ bcrypt is in every build.'
      : '¹ Debian’s build has bcrypt only, of these.',
  ].join('\n')
}
