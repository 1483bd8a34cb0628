import { randomInt } from 'node:crypto'
import { join, resolve } from 'node:path'
import {
  interruption,
  machineEnvironment,
  newCommand,
  repositoryFolder,
  strategies,
  strategyById,
  WorkbenchError,
} from '@session-vs-jwt/workbench'
import { type Command, InvalidArgumentError } from 'commander'
import { peers } from './peers/peers.js'
import { compareResults } from './report/compare-results.js'
import { checkTargets } from './report/targets.js'
import { terminalSection } from './report/terminal-table.js'
import type { Result } from './result/result.js'
import { readResult } from './result/read-result.js'
import { writeResult } from './result/write-result.js'
import { durationText, expectedSeconds, progressBar } from './runner/progress.js'
import { run } from './runner/run.js'
import type { Scenario } from './runner/scenario.js'
import type { Settings } from './runner/settings.js'
import { exhibits } from './exhibits/exhibits.js'
import { control } from './scenarios/control.js'
import { scenarios } from './scenarios/scenarios.js'
import { ROUNDS_TO_COMPARE } from './statistics/summary.js'

interface Options {
  readonly scenario?: readonly string[]
  readonly strategy?: readonly string[]
  readonly peer?: readonly string[]
  readonly peers?: true
  readonly url?: readonly string[]
  readonly rounds?: number
  readonly duration?: number
  readonly seed?: number
  readonly quick?: true
  readonly bad?: true
  readonly check?: true
  readonly compare?: readonly string[]
  readonly out?: string
  readonly json?: true
}

/** The defaults of the two servers. */
const QUICK_STRATEGIES = (['session-redis', 'jwt-rotating'] as const).map(strategyById)

type Env = Readonly<Record<string, string | undefined>>

/** `npm run bench`. */
export function benchCommand(env: Env, typed: readonly string[]): Command {
  return newCommand({
    usage: 'npm run bench --',
    description:
      'Measure what the strategies cost, on this machine, with a PostgreSQL and a Redis of the run’s own.\n\n' +
      'All of it takes about 40 minutes, and the machine should have nothing else to do. What is complete when you ' +
      'press Ctrl-C is kept.\n\n' +
      'Exit code 1 if a scenario failed, 2 for a wrong option, 130 if it was stopped.\n\n' +
      `Scenarios:\n${described(scenarios)}\n\n` +
      `Bad benchmarks (--bad), in which you choose who wins:\n${described(exhibits)}\n\n` +
      `To see whether this machine can be trusted (--scenario control):\n${described([control])}\n\n` +
      `Strategies: ${idsOf(strategies)}`,
    examples: [
      'npm run bench',
      'npm run bench -- --quick',
      'npm run bench -- --scenario identity profile --strategy session-redis jwt-rotating',
      'npm run bench -- --scenario identity --url http://127.0.0.1:4000',
      'npm run bench -- --bad',
      'npm run bench -- --check',
      'npm run bench -- --compare benchmarks/results/A benchmarks/results/B',
    ],
  })
    .option('--scenario <id...>', 'only these scenarios')
    .option('--strategy <id...>', 'only these strategies')
    .option('--peer <id...>', 'in identity, also these servers by others')
    .option('--peers', 'in identity, also all servers by others')
    .option(
      '--url <url...>',
      'in identity and profile, also a server of your own that runs there',
      urls,
    )
    .option(
      '--rounds <n>',
      'rounds (9; from fewer, nothing is concluded; 1 with --quick)',
      wholeNumber,
    )
    .option(
      '--duration <seconds>',
      'seconds of each measurement under load (0.5; 1 with --check, 0.3 with --quick)',
      positiveNumber,
    )
    .option('--seed <n>', 'draws the order of things; printed with every result', seedNumber)
    .option(
      '--quick',
      'little of everything, to see that it works; under 90 seconds. Without --strategy, of ' +
        idsOf(QUICK_STRATEGIES),
    )
    .option('--bad', 'the bad benchmarks instead')
    .option(
      '--check',
      'in identity, whether a request costs what it may, and exit code 1 if it costs more',
    )
    .option('--compare <result...>', 'compare two results: folders, or their result.json')
    .option('--out <folder>', 'where the result is written (benchmarks/results/<date>)')
    .option('--json', 'print the result as JSON')
    .action((options: Options) =>
      options.compare ? compare(options.compare) : bench(options, env, typed),
    )
}

function described(all: readonly Scenario[]): string {
  return all.map(({ id, title }) => `  ${id.padEnd(16)} ${title}`).join('\n')
}

/** @throws {WorkbenchError} */
function compare(paths: readonly string[]): void {
  const [a, b, ...more] = paths
  if (a === undefined || b === undefined || more.length > 0) {
    throw new WorkbenchError('--compare takes two results.', 2)
  }
  console.log(compareResults(readResult(a), readResult(b)))
}

async function bench(options: Options, env: Env, typed: readonly string[]): Promise<void> {
  const settings = settingsFrom(options)
  const wanted = chosenScenarios(options)
  const folder = resolve(options.out ?? resultFolder())
  const seconds = wanted.reduce((sum, it) => sum + expectedSeconds(it, settings), 0)
  console.error(
    `About ${durationText(seconds)}. The order of things is drawn with seed ${settings.seed}.`,
  )
  const progress = progressBar(wanted, settings)
  const signal = interruption(() => {
    progress.stop()
    console.error('Stopping; the finished rounds are kept.')
  })
  const result = await run({
    scenarios: wanted,
    settings,
    command: ['npm run bench --', ...typed].join(' '),
    signal,
    machineEnv: machineEnvironment(env),
    progress,
    onProgress: (line) => console.error(line),
    onScenario: (scenario, sofar) => {
      progress.clear()
      if (!options.json) console.log(`\n${terminalSection(scenario)}`)
      writeResult(folder, sofar)
    },
  }).finally(() => progress.stop())
  if (options.json) console.log(JSON.stringify(result, null, 2))
  for (const it of result.missing) console.error(`missing: ${it}`)
  console.error(`Written to ${folder}`)
  if (result.missing.length > 0) process.exitCode = signal.aborted ? 130 : 1
  else if (options.check && !tellTargets(result)) process.exitCode = 1
}

/** Whether all targets are met. */
function tellTargets({ scenarios: [identity] }: Result): boolean {
  const outcomes = identity ? checkTargets(identity) : []
  for (const { line } of outcomes) console.error(line)
  return outcomes.every(({ met }) => met)
}

/** By the day and time, so that no run overwrites another. */
function resultFolder(): string {
  const name = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
  return join(repositoryFolder, 'benchmarks', 'results', name)
}

function settingsFrom(options: Options): Settings {
  const quick = options.quick ?? false
  return {
    quick,
    rounds: options.rounds ?? (quick ? 1 : ROUNDS_TO_COMPARE),
    seconds: options.duration ?? (quick ? 0.3 : options.check ? 1 : 0.5),
    warmUpRequests: quick ? 300 : 4_000,
    check: options.check ?? false,
    seed: options.seed ?? randomInt(1_000_000_000),
    strategies:
      unique(options.strategy)?.map(strategyById) ??
      (quick && !options.check ? QUICK_STRATEGIES : strategies),
    peers: options.peers ? peers.map(({ id }) => id) : chosenPeers(options.peer),
    urls: unique(options.url) ?? [],
  }
}

/** @throws {WorkbenchError} where another scenario than identity is to be checked */
function chosenScenarios({ scenario, bad, check }: Options): readonly Scenario[] {
  if (check) {
    if (bad || scenario?.some((id) => id !== 'identity')) {
      throw new WorkbenchError('--check is about the scenario identity alone.', 2)
    }
    return scenarios.filter(({ id }) => id === 'identity')
  }
  const all = [...scenarios, control, ...exhibits]
  return chosen('scenario', all, scenario) ?? (bad ? exhibits : scenarios)
}

function chosenPeers(ids: readonly string[] | undefined): readonly string[] {
  return chosen('peer', peers, ids)?.map(({ id }) => id) ?? []
}

/** @throws {WorkbenchError} with a list of those there are, for one that is not among them */
function chosen<T extends { readonly id: string }>(
  what: string,
  all: readonly T[],
  ids: readonly string[] | undefined,
): T[] | undefined {
  return unique(ids)?.map((id) => {
    const found = all.find((it) => it.id === id)
    if (found) return found
    throw new WorkbenchError(`There is no ${what} "${id}". There are: ${idsOf(all)}.`, 2)
  })
}

/** What is given twice is measured once. */
function unique<T>(values: readonly T[] | undefined): T[] | undefined {
  return values && [...new Set(values)]
}

function idsOf(all: readonly { readonly id: string }[]): string {
  return all.map(({ id }) => id).join(', ') || 'none'
}

/** Adds one to those that were given before it. */
function urls(text: string, before: readonly string[] = []): string[] {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError('It must begin with http:// or https://.')
  }
  return [...before, text.replace(/\/+$/, '')]
}

function seedNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

function wholeNumber(text: string): number {
  const value = seedNumber(text)
  if (value < 1) throw new InvalidArgumentError('It must be at least 1.')
  return value
}

function positiveNumber(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value <= 30))
    throw new InvalidArgumentError('It must be a number of seconds, at most 30.')
  return value
}
