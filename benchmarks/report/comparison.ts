import type { Cell, ScenarioResult } from '../result/result.js'
import { isSameCondition } from '../runner/scenario.js'
import { pairedRatio, type Ratio, unpairedRatio } from '../statistics/difference.js'
import { ROUNDS_TO_COMPARE } from '../statistics/summary.js'
import { conditionText } from './condition-text.js'
import { summaryText } from './figures.js'

/** Beside the reference under the same condition; undefined for itself, and where there is none. */
export function besideReference(
  scenario: ScenarioResult,
  cell: Cell,
  metric: string,
): Ratio | undefined {
  if (cell.subject === scenario.reference) return undefined
  const reference = scenario.cells.find(
    (it) => it.subject === scenario.reference && isSameCondition(it.condition, cell.condition),
  )
  if (!reference) return undefined
  if (cell.repeats !== undefined || reference.repeats !== undefined) {
    return unpairedRatio(cell.values[metric] ?? [], reference.values[metric] ?? [], 'range')
  }
  const rounds = roundsOf(cell, metric).filter((it) => roundsOf(reference, metric).includes(it))
  return pairedRatio(valuesIn(rounds, cell, metric), valuesIn(rounds, reference, metric))
}

function roundsOf({ measuredIn, values }: Cell, metric: string): readonly number[] {
  return measuredIn ?? (values[metric] ?? []).map((_, at) => at + 1)
}

function valuesIn(rounds: readonly number[], cell: Cell, metric: string): number[] {
  const own = roundsOf(cell, metric)
  return rounds.map((it) => cell.values[metric]?.[own.indexOf(it)] ?? NaN)
}

/** Figures that are the same in each round, because they were counted, have no interval. */
export function isCounted(scenario: ScenarioResult, metric: string): boolean {
  return scenario.cells.every(({ summaries }) => {
    const summary = summaries[metric]
    return summary === undefined || summary.min === summary.max
  })
}

/** What the comparisons came to that the scenario declared, a sentence each. */
export function conclusionLines(scenario: ScenarioResult): string[] {
  const { comparisons = [], metrics, rounds } = scenario
  if (comparisons.length === 0) return []
  if (rounds < ROUNDS_TO_COMPARE) {
    return [
      `No conclusions from ${rounds === 1 ? 'one round' : `${rounds} rounds`}: a comparison needs ${ROUNDS_TO_COMPARE}.`,
    ]
  }
  return comparisons.map(({ metric, subject, reference, condition, conclusion }) => {
    const title = metrics.find(({ id }) => id === metric)?.title ?? metric
    const at = conditionText(condition)
    const what = `${title}${at && ` (${at})`}`
    if (!conclusion) {
      return `${what}: ${subject} and ${reference} can’t be compared, because a figure is missing.`
    }
    const { ratio, p, isDifferent } = conclusion
    return isDifferent
      ? `${what}: ${subject} has ${summaryText(ratio)} times as much as ${reference} (p = ${p.toFixed(3)}).`
      : `${what}: no difference seen between ${subject} and ${reference}, ${summaryText(ratio)} times (p = ${p.toFixed(3)}).`
  })
}
