import { Command } from 'commander'
import { compareBcrypt, compareCores, compareFast, type Comparison } from '../node/bench.js'
import { measureOtherTools, type ToolSpeed } from '../node/other-tools.js'
import { examples } from './examples.js'
import { about } from '../figures.js'
import { interruption } from './interruption.js'
import { progress } from './progress.js'
import { table } from './table.js'
import { jsonText } from './json-text.js'

interface BenchOptions {
  readonly tools: boolean
  readonly check?: true
  readonly json?: true
}

const STEPS: readonly ((signal: AbortSignal) => Promise<Comparison>)[] = [
  async (signal) => compareFast('md5', signal),
  async (signal) => compareFast('sha1', signal),
  async (signal) => compareFast('sha256', signal),
  compareBcrypt,
  compareCores,
]

/** `path`: where other crackers are looked for. */
export function benchCommand(path: string): Command {
  return new Command('bench')
    .description(
      'Measure the lab beside the best one-shot call of Node.js, in turn in one run, and beside what openssl,\n' +
        'john and hashcat say of themselves, where they are installed.',
    )
    .option('--no-tools', 'without openssl, john and hashcat')
    .option('--check', 'exit code 1 where the lab is slower than it is held to be')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('bench', 'bench --no-tools --check'))
    .action(async (options: BenchOptions) => bench(path, options))
}

async function bench(path: string, { tools: withTools, check, json }: BenchOptions): Promise<void> {
  const signal = interruption()
  const startedAt = performance.now()
  const bar = progress('Measuring')
  const comparisons: Comparison[] = []
  for (const step of STEPS) {
    const comparison = await unlessAborted(step, signal)
    if (!comparison) break
    comparisons.push(comparison)
    const seconds = (performance.now() - startedAt) / 1000
    bar.update({ fraction: comparisons.length / (STEPS.length + (withTools ? 2 : 0)), seconds })
  }
  const tools = withTools && !signal.aborted ? await measureOtherTools(path) : []
  bar.stop()
  const figures = { node: process.version, comparisons, tools }
  console.log(json ? jsonText(figures) : report(comparisons, tools))
  if (check && !signal.aborted && comparisons.some(({ ratio, atLeast }) => ratio < atLeast))
    process.exitCode = 1
}

async function unlessAborted(
  step: (signal: AbortSignal) => Promise<Comparison>,
  signal: AbortSignal,
): Promise<Comparison | undefined> {
  try {
    return await step(signal)
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}

function report(comparisons: readonly Comparison[], tools: readonly ToolSpeed[]): string {
  const rows = comparisons.map((it) => [
    it.what,
    about(it.baseline),
    about(it.lab),
    `×${it.ratio.toFixed(2)}`,
    `×${it.atLeast}`,
    it.ratio >= it.atLeast ? 'yes' : 'NO',
  ])
  const toolRows = tools.map((it) => [
    it.tool,
    it.what,
    it.perSecond === undefined ? 'not here' : about(it.perSecond),
  ])
  const missing = STEPS.length - comparisons.length
  return [
    ...(missing > 0 ? [`Stopped: ${missing} of ${STEPS.length} comparisons are missing.`, ''] : []),
    'Guesses a second: crypto.hash to a string and a Set, or the native library, or one core; and the lab.',
    '',
    table(['', 'before', 'lab', 'ratio', 'at least', 'holds'], rows),
    ...(tools.length === 0
      ? []
      : [
          '',
          'Other programs here, by their own figures (openssl and john: one core):',
          '',
          table(['program', '', 'hashes/s'], toolRows),
        ]),
  ].join('\n')
}
