import type { Bench } from '../runner/bench.js'
import type { Metric, Scenario } from '../runner/scenario.js'

/** What each of the two designs was found to do in a rig: requests a second, or milliseconds. */
export interface Verdict {
  readonly session: number
  readonly token: number
}

/** A way to compare the two. */
export interface Rig {
  readonly id: string
  readonly title: string
  /** About how many seconds it takes. */
  readonly takes: number
  measure(bench: Bench): Promise<Verdict>
}

export interface Exhibit {
  readonly id: string
  readonly title: string
  /** What the reader turns, and what is wrong with it. */
  readonly question: string
  readonly measures: 'requests a second' | 'latency'
  /** Those that decide who wins, and last the honest one. */
  readonly rigs: readonly Rig[]
}

/** An exhibit as a scenario: who wins in each rig is a ratio with an interval. */
export function exhibited({ id, title, question, measures, rigs }: Exhibit): Scenario {
  const isRate = measures === 'requests a second'
  const figure: Pick<Metric, 'unit' | 'better'> = isRate
    ? { unit: '/s', better: 'more' }
    : { unit: 'ms', better: 'less' }
  return {
    id,
    title,
    question,
    metrics: [
      {
        id: 'ratio',
        title: 'the token’s advantage over the session',
        unit: 'times',
        better: 'neither',
      },
      { id: 'session', title: 'session', ...figure },
      { id: 'token', title: 'token', ...figure },
    ],
    reference: 'honest',
    subjects: () =>
      rigs.map((rig) => ({
        id: rig.id,
        title: rig.title,
        conditions: [{}],
        takes: { open: 0, measure: rig.takes },
        open: async (bench) => ({
          measure: async () => {
            const { session, token } = await rig.measure(bench)
            return { values: { ratio: isRate ? token / session : session / token, session, token } }
          },
          close: async () => undefined,
        }),
      })),
  }
}
