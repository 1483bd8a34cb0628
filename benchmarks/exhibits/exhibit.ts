import type { Bench } from '../runner/bench.js'
import { eachWith, type Scenario } from '../runner/scenario.js'

/** Requests a second that each of the two designs was found to do in a rig. */
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
  /** Those that decide who wins, and last the honest one. */
  readonly rigs: readonly Rig[]
}

/** An exhibit as a scenario: who wins in each rig is a ratio with an interval. */
export function exhibited({ id, title, question, rigs }: Exhibit): Scenario {
  return {
    id,
    title,
    question,
    metrics: [
      { id: 'ratio', title: 'token over session', unit: 'times', better: 'neither' },
      { id: 'session', title: 'session', unit: '/s', better: 'more' },
      { id: 'token', title: 'token', unit: '/s', better: 'more' },
    ],
    reference: 'honest',
    comparisons: () =>
      eachWith(
        'honest',
        rigs.map((it) => it.id),
        { metric: 'ratio', condition: {} },
      ),
    subjects: () =>
      rigs.map((rig) => ({
        id: rig.id,
        title: rig.title,
        conditions: [{}],
        takes: { open: 0, measure: rig.takes },
        open: async (bench) => ({
          measure: async () => {
            const { session, token } = await rig.measure(bench)
            return { values: { ratio: token / session, session, token } }
          },
          close: async () => undefined,
        }),
      })),
  }
}
