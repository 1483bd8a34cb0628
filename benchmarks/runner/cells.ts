import type { Cell } from '../result/result.js'
import { summarize } from '../statistics/summary.js'
import type { Condition, Measurement } from './scenario.js'

interface Measured {
  readonly subject: string
  readonly condition: Condition
  readonly measurements: Measurement[]
}

/** What was measured, by subject and condition; a round counts once it is whole. */
export class Cells {
  readonly #cells = new Map<string, Measured>()
  rounds = 0

  add(subject: string, condition: Condition, measurement: Measurement): void {
    const key = JSON.stringify([subject, condition])
    const cell = this.#cells.get(key) ?? { subject, condition, measurements: [] }
    cell.measurements.push(measurement)
    this.#cells.set(key, cell)
  }

  endRound(): void {
    this.rounds += 1
  }

  result(): Cell[] {
    if (this.rounds === 0) return []
    return [...this.#cells.values()].map((it) =>
      cellOf({ ...it, measurements: it.measurements.slice(0, this.rounds) }),
    )
  }
}

function cellOf({ subject, condition, measurements }: Measured): Cell {
  const metrics = Object.keys(measurements[0]?.values ?? {})
  const values = Object.fromEntries(
    metrics.map((metric) => [metric, measurements.map((it) => it.values[metric] ?? NaN)]),
  )
  const summaries = Object.fromEntries(
    Object.entries(values).map(([metric, rounds]) => [metric, summarize(rounds)]),
  )
  const latencies = measurements.flatMap(({ latency }) => (latency ? [latency] : []))
  return {
    subject,
    condition: { ...condition },
    values,
    summaries,
    atCeiling: measurements.filter(({ atCeiling }) => atCeiling).length,
    ...(latencies.length > 0 && { latencies }),
  }
}
