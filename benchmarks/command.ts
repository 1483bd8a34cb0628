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
import { scenarioTable } from './report/terminal-table.js'
import { writeResult } from './result/write-result.js'
import { progressBar } from './runner/progress.js'
import { run } from './runner/run.js'
import type { Scenario } from './runner/scenario.js'
import type { Settings } from './runner/settings.js'
import { scenarios } from './scenarios/scenarios.js'

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
  readonly out?: string
  readonly json?: true
}

type Env = Readonly<Record<string, string | undefined>>

/** `npm run bench`. */
export function benchCommand(env: Env, typed: readonly string[]): Command {
  return newCommand({
    usage: 'npm run bench --',
    description: 'Measure what the strategies cost, on this machine.',
    examples: [
      'npm run bench -- --quick',
      'npm run bench -- --scenario identity --strategy session-redis jwt-rotating',
      'npm run bench -- --scenario identity --url http://127.0.0.1:4000',
    ],
  })
    .option('--scenario <id...>', 'only these scenarios')
    .option('--strategy <id...>', 'only these strategies')
    .option('--peer <id...>', 'in identity, also these servers by others')
    .option('--peers', 'in identity, also all servers by others')
    .option('--url <url...>', 'in identity and profile, also a server of your own that runs there')
    .option('--rounds <n>', 'rounds in which everything is measured once (5)', wholeNumber)
    .option('--duration <seconds>', 'seconds of each measurement under load (1)', positiveNumber)
    .option('--seed <n>', 'draws the order of things; printed with every result', wholeNumber)
    .option('--quick', 'little of everything, to see that it works')
    .option('--out <folder>', 'where the result is written (benchmarks/results/<date>)')
    .option('--json', 'print the result as JSON')
    .action((options: Options) => bench(options, env, typed))
}

async function bench(options: Options, env: Env, typed: readonly string[]): Promise<void> {
  const settings = settingsFrom(options)
  const wanted = chosenScenarios(options.scenario)
  const folder = resolve(options.out ?? resultFolder())
  console.error(`The order of things is drawn with seed ${settings.seed}.`)
  const progress = progressBar(wanted, settings)
  const signal = interruption(() => console.error('\nStopping; the finished rounds are kept.'))
  const result = await run({
    scenarios: wanted,
    settings,
    command: ['npm run bench --', ...typed].join(' '),
    signal,
    machineEnv: machineEnvironment(env),
    progress,
    onProgress: (line) => console.error(line),
    onScenario: (scenario, sofar) => {
      if (!options.json) console.log(`\n${scenario.question}\n${scenarioTable(scenario)}`)
      writeResult(folder, sofar)
    },
  }).finally(() => progress.stop())
  if (options.json) console.log(JSON.stringify(result, null, 2))
  for (const it of result.missing) console.error(`missing: ${it}`)
  console.error(`Written to ${folder}`)
  if (result.missing.length > 0) process.exitCode = signal.aborted ? 130 : 1
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
    rounds: options.rounds ?? (quick ? 1 : 5),
    seconds: options.duration ?? (quick ? 0.3 : 1),
    warmUpRequests: quick ? 1_000 : 5_000,
    seed: options.seed ?? randomInt(2 ** 31),
    strategies: options.strategy?.map(strategyById) ?? strategies,
    peers: options.peers ? peers.map(({ id }) => id) : chosenPeers(options.peer),
    urls: options.url?.map((it) => it.replace(/\/+$/, '')) ?? [],
  }
}

function chosenScenarios(ids: readonly string[] | undefined): readonly Scenario[] {
  return chosen('scenario', scenarios, ids) ?? scenarios
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
  return ids?.map((id) => {
    const found = all.find((it) => it.id === id)
    if (found) return found
    const known = all.map((it) => it.id).join(', ') || 'none yet'
    throw new WorkbenchError(`There is no ${what} "${id}". There are: ${known}.`, 2)
  })
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

function positiveNumber(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number greater than 0.')
  return value
}
