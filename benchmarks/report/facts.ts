import type { Result } from '../result/result.js'
import { ROUNDS_TO_COMPARE } from '../statistics/summary.js'
import { figureText } from './figures.js'

/** The machine in a line: no figure is worth anything without it. */
export function machineLine({ machine, versions }: Result): string {
  const { processor, cores, memoryBytes, system } = machine
  const gib = (memoryBytes / 2 ** 30).toFixed(0)
  const of = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return `${processor}, ${cores} cores, ${gib} GiB; ${system}; ${of.join(', ')}`
}

/** How it was measured, in lines. */
export function methodLines(result: Result): string[] {
  const { settings, seed, ceilings, machine, version } = result
  const { rounds, seconds, warmUpRequests, quick } = settings
  const limits = Object.entries(ceilings).map(([at, it]) => `${figureText(it)}/s at ${at}`)
  const conclusions =
    version === 1
      ? [
          'This result was measured in an older way: its bounds are ranges, its warm-up was not always of the requests ' +
            'that were measured, and nothing is concluded from it.',
        ]
      : CONCLUSIONS
  return [
    `${rounds} ${rounds === 1 ? 'round' : 'rounds'}, each in an order drawn with seed ${seed}; in each ` +
      `${quick ? 'run' : 'round'} a server process of its own for each subject, a warm-up of ` +
      `${warmUpRequests.toLocaleString('en-US')} requests of the kind that is measured (three times as many where ` +
      `little differences count, a few where a password is hashed), then ${seconds} s for each measurement.`,
    ...(quick
      ? ['--quick: little of everything, to see that it works. These figures say little.']
      : []),
    'Servers run built code with their instruments off. The load generator is a process of its own. Each ' +
      'answer was compared with the one that was expected; one that is not fails the scenario.',
    ...conclusions,
    ...(version > 1 && rounds >= ROUNDS_TO_COMPARE
      ? ['What nothing is concluded from is measured in every third round.']
      : []),
    'Latency “a second” is counted from when a request was due, at a fixed rate. At full load each ' +
      'connection waits for its answer, and nothing can be due: there is nothing to correct.',
    ...(limits.length > 0
      ? [`The load generator’s own ceiling (connections): ${limits.join(', ')}.`]
      : []),
    ...machine.notMeasured.map((it) => `Not measured here: ${it}.`),
  ]
}

const CONCLUSIONS = [
  'A figure is the median of the rounds. [Brackets] hold an interval that contains the true median at least 95 times in ' +
    '100 (exact, by order statistics), each by itself; (parentheses) hold the range of fewer than nine rounds, or of ' +
    'repeats in one process. Ratios pair values of the same round.',
  'A scenario declares beforehand what it compares, at most twelve things, which are judged together (sign test, Holm): at ' +
    'most 5 times in 100 one of them shows a difference that isn’t there. All else is described.',
  'Processor time for each request is compared, not requests a second: the load generator, the server and the stores ' +
    'share the cores of one machine, and the more a server asks of its stores, the less of them it gets.',
  'A percentile is given only if at least ten answers lie beyond it: a median needs 20 answers, 99 of 100 needs 1,000. ' +
    'Otherwise the figure is missing.',
]
