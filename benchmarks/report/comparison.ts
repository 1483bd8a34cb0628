import type { Cell, ScenarioResult } from '../result/result.js'
import { type Difference, pairedDifference } from '../statistics/difference.js'
import { conditionText } from './condition-text.js'

/** With the reference under the same condition; undefined for itself, and where there is none. */
export function comparedWithReference(
  scenario: ScenarioResult,
  cell: Cell,
  metric: string,
): Difference | undefined {
  if (cell.subject === scenario.reference) return undefined
  const reference = scenario.cells.find(
    (it) =>
      it.subject === scenario.reference &&
      conditionText(it.condition) === conditionText(cell.condition),
  )
  if (!reference) return undefined
  return pairedDifference(cell.values[metric] ?? [], reference.values[metric] ?? [])
}

/** Figures that are the same in each round, because they were counted, have no interval. */
export function isCounted(scenario: ScenarioResult, metric: string): boolean {
  return scenario.cells.every(({ summaries }) => {
    const summary = summaries[metric]
    return summary === undefined || summary.min === summary.max
  })
}
