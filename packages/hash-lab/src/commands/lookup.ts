import { Command, Option } from 'commander'
import { HashLabError } from '../hash-lab-error.js'
import type { FastHash } from '../kernel/message-slots.js'
import type { LeakedUser } from '../leaked-table.js'
import { lookUp } from '../look-up.js'
import { LookupTable } from '../lookup-table.js'
import { readTable } from '../node/read-table.js'
import { stealTable } from '../node/steal-table.js'
import { builtInWords } from '../node/word-list.js'
import { parseLeakedTable } from '../leaked-table.js'
import { populate } from '../password-population.js'
import { PasswordSpace } from '../password-space.js'
import { type RainbowResult, tryRainbowTable } from '../rainbow-trade.js'
import { seededRandom } from '../random.js'
import { examples } from './examples.js'
import { about, bytes, count, milliseconds, percent } from '../figures.js'
import { interruption } from './interruption.js'
import { progress } from './progress.js'
import { wholeNumber } from './steal.js'
import { table } from './table.js'
import { jsonText } from './json-text.js'

interface LookupOptions {
  readonly users: number
  readonly rainbow: number
  readonly json?: true
}

const HASH: FastHash = 'md5'
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const CHAIN_LENGTHS = [10, 100, 500]

export function lookupCommand(): Command {
  return new Command('lookup')
    .description(
      'Hash a word list once and keep the results: a table without salt is then only looked up. The same\n' +
        'against salted hashes, and a rainbow table, which takes a hundredth of the room.',
    )
    .argument('[file]', 'a table of md5, with or without salt (default: two are made)')
    .addOption(
      new Option('--users <n>', 'users in the tables that are made')
        .default(1000)
        .argParser(wholeNumber(1, 1_000_000)),
    )
    .addOption(
      new Option('--rainbow <n>', 'letters in the passwords of the rainbow table')
        .default(4)
        .argParser(wholeNumber(3, 5)),
    )
    .option('--json', 'print JSON')
    .addHelpText('after', examples('lookup', 'lookup leaked-md5.txt', 'lookup --rainbow 5'))
    .action(lookup)
}

interface Broken {
  readonly table: string
  readonly users: number
  readonly found: number
  readonly ms: number
}

async function lookup(file: string | undefined, options: LookupOptions): Promise<void> {
  const signal = interruption()
  const words = builtInWords()
  const [built, buildMs] = timed(() => LookupTable.build(HASH, words))
  const targets = file ? [[file, md5Users(file)] as const] : await madeTables(options.users)
  const broken = targets.map(([name, users]) => breakTable(name, users, built))
  const rainbow = await rainbowTables(options.rainbow, signal)
  const figures = { words: built.size, bytes: built.bytes, buildMs, broken, rainbow }
  if (options.json) console.log(jsonText(figures))
  else console.log(report(figures, options.rainbow))
}

function md5Users(file: string): readonly LeakedUser[] {
  const users = readTable(file).users.filter(({ hash }) => hash.scheme.startsWith('md5'))
  if (users.length > 0) return users
  throw new HashLabError(`${file} holds no md5; the lookup table of this command is one of md5.`)
}

async function madeTables(users: number): Promise<(readonly [string, readonly LeakedUser[]])[]> {
  const people = populate(users, seededRandom(users))
  const made: (readonly [string, readonly LeakedUser[]])[] = []
  for (const scheme of ['md5', 'md5-salt'] as const) {
    const lines = await stealTable({ people, scheme, cost: 0, random: seededRandom(users) })
    made.push([scheme, parseLeakedTable(lines.join('\n')).users])
  }
  return made
}

function breakTable(name: string, users: readonly LeakedUser[], built: LookupTable): Broken {
  const [{ length: found }, ms] = timed(() => lookUp(built, users))
  return { table: name, users: users.length, found, ms }
}

async function rainbowTables(length: number, signal: AbortSignal): Promise<RainbowResult[]> {
  const space = new PasswordSpace(LETTERS, length)
  const results: RainbowResult[] = []
  const startedAt = performance.now()
  const bar = progress('Rainbow tables')
  for (const chainLength of CHAIN_LENGTHS) {
    if (signal.aborted) break
    const result = await tryRainbowTable(
      { hash: HASH, space, chainLength, random: seededRandom(1), signal },
      (fraction) =>
        bar.update({
          fraction: (results.length + fraction) / CHAIN_LENGTHS.length,
          seconds: (performance.now() - startedAt) / 1000,
          note: `chains of ${chainLength}`,
        }),
    )
    if (!signal.aborted) results.push(result)
  }
  bar.stop()
  return results
}

interface Figures {
  readonly words: number
  readonly bytes: number
  readonly buildMs: number
  readonly broken: readonly Broken[]
  readonly rainbow: readonly RainbowResult[]
}

function report({ words, bytes: size, buildMs, broken, rainbow }: Figures, length: number): string {
  const rows = broken.map((it) => [
    it.table,
    count(it.users),
    count(it.found),
    percent(it.found, it.users),
    milliseconds(it.ms),
  ])
  return [
    `Lookup table of md5: ${count(words)} words, hashed once in ${milliseconds(buildMs)}, ${bytes(size)}.`,
    '',
    table(['table', 'users', 'found', '', 'lookups took'], rows),
    '',
    'With a salt, the hash of a user is that of salt and password: no word’s own hash is in the table. A',
    'lookup table for it would have to hold every word with every salt: 62^8 times as many, for 8 characters.',
    '',
    rainbowText(rainbow, length),
  ].join('\n')
}

function rainbowText(rainbow: readonly RainbowResult[], length: number): string {
  const stopped = rainbow.length < CHAIN_LENGTHS.length
  const space = 26 ** length
  const full = [
    'lookup table',
    count(space),
    '1',
    bytes(space * (16 + length)),
    '–',
    '100.0 %',
    '1',
    '',
  ]
  const rows = rainbow.map((it) => [
    'rainbow',
    count(it.chains),
    count(it.chainLength),
    bytes(it.bytes),
    milliseconds(it.buildMs),
    percent(it.found, it.tried),
    about(it.hashesPerLookup),
    milliseconds(it.lookupMs),
  ])
  return [
    `All ${count(space)} passwords of ${length} small letters, in rainbow tables: longer chains, less room, more work`,
    'for each lookup.',
    ...(stopped ? ['Stopped: the others were not built.'] : []),
    '',
    table(
      [
        '',
        'chains',
        'length',
        'room',
        'built in',
        'found',
        'hashes for\na lookup',
        'a lookup\ntakes',
      ],
      [full, ...rows],
    ),
  ].join('\n')
}

function timed<T>(work: () => T): [T, number] {
  const startedAt = performance.now()
  const result = work()
  return [result, performance.now() - startedAt]
}
