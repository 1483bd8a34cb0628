import type { Cell } from '../result/result.js'
import { rangeOf, summarize } from '../statistics/summary.js'
import type { Condition, Measurement } from './scenario.js'

interface Measured {
  readonly subject: string
  readonly condition: Condition
  readonly rounds: { readonly round: number; readonly measurements: readonly Measurement[] }[]
}

/** What was measured, by subject and condition; a round counts once it is whole. */
export class Cells {
  readonly #cells = new Map<string, Measured>()
  rounds = 0

  add(subject: string, condition: Condition, measured: Measurement | readonly Measurement[]): void {
    const key = JSON.stringify([subject, condition])
    const cell = this.#cells.get(key) ?? { subject, condition, rounds: [] }
    cell.rounds.push({ round: this.rounds, measurements: [measured].flat() })
    this.#cells.set(key, cell)
  }

  endRound(): void {
    this.rounds += 1
  }

  /** Of the whole rounds, in the order of `subjects`. */
  result(subjects: readonly string[]): Cell[] {
    if (this.rounds === 0) return []
    const cells = [...this.#cells.values()].map((it) => this.#cellOf(it))
    return subjects.flatMap((id) => cells.filter(({ subject }) => subject === id))
  }

  /** A figure that one of the rounds doesn't have is left out: values belong to rounds by their place. */
  #cellOf({ subject, condition, rounds }: Measured): Cell {
    const whole = rounds.filter(({ round }) => round < this.rounds)
    const measurements = whole.flatMap((it) => it.measurements)
    const repeats = Math.max(0, ...whole.map((it) => it.measurements.length))
    const metrics = Object.keys(measurements[0]?.values ?? {})
    const values = Object.fromEntries(
      metrics.flatMap((metric) => {
        const figures = measurements
          .flatMap((it) => it.values[metric] ?? [])
          .filter(Number.isFinite)
        return figures.length === measurements.length ? [[metric, figures]] : []
      }),
    )
    const summaries = Object.fromEntries(
      Object.entries(values).map(([metric, all]) => [
        metric,
        repeats > 1 ? rangeOf(all) : summarize(all),
      ]),
    )
    const latencies = measurements.flatMap(({ latency }) => latency ?? [])
    const timeLines = measurements.flatMap((it) => it.timeLines ?? [])
    return {
      subject,
      condition,
      ...(whole.length < this.rounds && { measuredIn: whole.map(({ round }) => round + 1) }),
      ...(repeats > 1 && { repeats }),
      values,
      summaries,
      atCeiling: measurements.filter(({ atCeiling }) => atCeiling).length,
      ...(latencies.length > 0 && { latencies }),
      ...(timeLines.length > 0 && { timeLines }),
    }
  }
}
