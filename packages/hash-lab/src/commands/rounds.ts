import { availableParallelism } from 'node:os'
import bcrypt from 'bcrypt'
import { Command, Option } from 'commander'
import { quantile } from 'simple-statistics'
import { costWithin, type CostPoint, measureCostCurve } from '../cost-curve.js'
import { HashLabError } from '../hash-lab-error.js'
import { contractServer } from '../node/contract-server.js'
import { type LoginLoad, measureLoginLoad } from '../node/login-load.js'
import { whileLoggingIn } from '../node/measured-server.js'
import { examples } from './examples.js'
import { about, milliseconds } from '../figures.js'
import { parseCost } from './hash.js'
import { interruption } from './interruption.js'
import { progress } from './progress.js'
import { wholeNumber } from './steal.js'
import { table } from './table.js'
import { jsonText } from './json-text.js'

interface RoundsOptions {
  readonly from: number
  readonly to: number
  readonly samples: number
  readonly targetMs: number
  readonly people: number
  readonly seconds: number
  readonly url?: string
  readonly load: boolean
  readonly json?: true
}

const POOL_SIZES = [1, 2, 4, 8]
/** Of the servers whose pools are compared; the default of this workbench takes four times as long. */
const LOAD_COST = 10

export function roundsCommand(): Command {
  return new Command('rounds')
    .description(
      'Measure bcrypt’s cost on this machine: time, guesses a second, the cost that fits a budget, and what\n' +
        'logins do to other requests of a server, with 1, 2, 4 and 8 threads to hash on.',
    )
    .addOption(new Option('--from <cost>', 'first cost').default(4).argParser(parseCost))
    .addOption(new Option('--to <cost>', 'last cost').default(16).argParser(parseCost))
    .addOption(
      new Option('--samples <n>', 'hashes at each cost, of slow ones 3')
        .default(15)
        .argParser(wholeNumber(3, 1000)),
    )
    .addOption(
      new Option('--target-ms <ms>', 'the time a login may take to hash')
        .default(250)
        .argParser(wholeNumber(1, 60_000)),
    )
    .addOption(
      new Option('--people <n>', 'who log in at once').default(8).argParser(wholeNumber(1, 200)),
    )
    .addOption(
      new Option('--seconds <n>', 'for each measurement under load')
        .default(3)
        .argParser(wholeNumber(1, 60)),
    )
    .option(
      '--url <url>',
      'measure a running server of the workbench instead, such as http://127.0.0.1:3001',
    )
    .option('--no-load', 'only the cost curve')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        'rounds',
        'rounds --to 12 --target-ms 100 --no-load',
        'rounds --no-load --json',
        'rounds --url http://127.0.0.1:3001',
      ),
    )
    .action(rounds)
}

async function rounds(options: RoundsOptions): Promise<void> {
  const { from, to, targetMs, url, json } = options
  if (from > to) throw new HashLabError(`--from ${from} is above --to ${to}.`)
  const signal = interruption()
  if (url !== undefined) {
    const result = await measureUrl(url, options, signal)
    console.log(json ? jsonText(result) : urlText(result, options))
    return
  }
  const points = await measureCurve(options, signal)
  const fitting = costWithin(points, targetMs)
  if (!json) console.log(`${curveText(points, targetMs, fitting)}\n`)
  const loads = options.load ? await measurePools(options, signal) : []
  if (json) console.log(jsonText({ points, targetMs, fitting, loads, loadCost: LOAD_COST }))
  else if (loads.length > 0) console.log(loadText(loads, options))
}

async function measureCurve(options: RoundsOptions, signal: AbortSignal): Promise<CostPoint[]> {
  const { from, to, samples } = options
  const points: CostPoint[] = []
  const startedAt = performance.now()
  const bar = progress('Hashing')
  const hash = async (cost: number): Promise<string> => bcrypt.hash('correct horse', cost)
  for await (const point of measureCostCurve({ from, to, samples, hash, signal })) {
    points.push(point)
    // Each cost takes twice the time of the one before, until there are fewer samples.
    const fraction = 2 ** (point.cost - to)
    bar.update({
      fraction,
      seconds: (performance.now() - startedAt) / 1000,
      note: `cost ${point.cost}`,
    })
  }
  bar.stop()
  return points
}

async function measurePools(options: RoundsOptions, signal: AbortSignal): Promise<LoginLoad[]> {
  const loads: LoginLoad[] = []
  const startedAt = performance.now()
  const bar = progress('Logging in')
  for (const [index, poolSize] of POOL_SIZES.entries()) {
    if (signal.aborted) break
    const { people, seconds } = options
    loads.push(await measureLoginLoad(poolSize, { cost: LOAD_COST, people, seconds, signal }))
    bar.update({
      fraction: (index + 1) / POOL_SIZES.length,
      seconds: (performance.now() - startedAt) / 1000,
    })
  }
  bar.stop()
  return loads
}

function curveText(points: readonly CostPoint[], targetMs: number, fitting?: CostPoint): string {
  const cores = availableParallelism()
  const rows = points.map((it) => [
    it.cost,
    milliseconds(it.medianMs),
    milliseconds(it.minMs),
    milliseconds(it.maxMs),
    it.ratio ? `×${it.ratio.toFixed(2)}` : '',
    about(it.guessesPerSecond),
    about(it.guessesPerSecond * cores),
    it.samples,
  ])
  const heads = [
    'cost',
    'median',
    'min',
    'max',
    'than one\nless',
    'guesses/s\na core',
    `logins/s\n${cores} cores`,
    'samples',
  ]
  const verdict = fitting
    ? `Within ${targetMs} ms: cost ${fitting.cost}. An attacker on one core like this one makes ${about(fitting.guessesPerSecond)} guesses a second; real ones have more and better.`
    : `No measured cost fits ${targetMs} ms.`
  return `${table(heads, rows)}\n\n${verdict}`
}

function loadText(loads: readonly LoginLoad[], { people }: RoundsOptions): string {
  const rows = loads.map((it) => [
    it.poolSize,
    about(it.loginsPerSecond),
    milliseconds(it.whoamiP99Ms),
    milliseconds(it.fileP99Ms),
    milliseconds(it.eventLoopDelayP99Ms),
  ])
  return [
    `While ${people} people log in (cost ${LOAD_COST}) to a small server that hashes on libuv's pool:`,
    '',
    table(
      ['threads', 'logins/s', 'whoami\np99', 'reads a file\np99', 'event loop\ndelay p99'],
      rows,
    ),
    '',
    'Files and DNS use the same threads as the hashes, so a file waits behind the passwords. The client runs on',
    'this machine too, and takes its share of it.',
  ].join('\n')
}

interface UrlResult {
  readonly url: string
  readonly whoamiP99Ms: number
  readonly whoamiP99MsUnderLoad: number
  readonly loginsPerSecond: number
}

async function measureUrl(
  url: string,
  { people, seconds }: RoundsOptions,
  signal: AbortSignal,
): Promise<UrlResult> {
  const server = await contractServer(url)
  const idle = await whileLoggingIn(server, { people: 0, seconds, signal })
  const loaded = await whileLoggingIn(server, { people, seconds, signal })
  const p99 = (times: readonly number[] = [0]): number => quantile([...times], 0.99)
  return {
    url,
    whoamiP99Ms: p99(idle.times['whoami']),
    whoamiP99MsUnderLoad: p99(loaded.times['whoami']),
    loginsPerSecond: loaded.logins / loaded.seconds,
  }
}

function urlText(result: UrlResult, { people }: RoundsOptions): string {
  const rows = [
    ['nobody logs in', '–', milliseconds(result.whoamiP99Ms)],
    [
      `${people} people log in`,
      about(result.loginsPerSecond),
      milliseconds(result.whoamiP99MsUnderLoad),
    ],
  ]
  return [
    table([result.url, 'logins/s', '/auth/whoami p99'], rows),
    '',
    'It hashes two passwords at a time at most, so that a thread is left for others. To see the size of its pool',
    'matter: UV_THREADPOOL_SIZE=1 npm start, then 2, 4 and 8.',
  ].join('\n')
}
