import Table from 'cli-table3'
import type { Cell, ScenarioResult } from '../result/result.js'
import { pairedDifference } from '../statistics/difference.js'
import { differenceText, figureText, summaryText } from './figures.js'

/** So many fit on a terminal; the report has them all. */
const SHOWN = 4

/** The first metric of a scenario with its interval and its comparison; the others by their median. */
export function scenarioTable(scenario: ScenarioResult): string {
  const [main, ...more] = scenario.metrics
  const others = more.slice(0, SHOWN)
  if (!main || scenario.cells.length === 0) return ''
  const table = new Table({
    head: [
      '',
      '',
      `${main.title} (${main.unit})`,
      `times ${scenario.reference}`,
      ...others.map(({ title, unit }) => (unit ? `${title} (${unit})` : title)),
    ],
    wordWrap: true,
    style: { head: [], border: [] },
  })
  for (const cell of scenario.cells) {
    table.push([
      cell.subject,
      conditionText(cell.condition),
      summaryText(cell.summaries[main.id]) + (cell.atCeiling > 0 ? ' ^' : ''),
      differenceText(comparison(scenario, cell, main.id)),
      ...others.map(({ id }) => figureText(cell.summaries[id]?.median)),
    ])
  }
  return table.toString()
}

/** With the reference under the same condition, or the only one it has. */
function comparison(scenario: ScenarioResult, cell: Cell, metric: string) {
  const reference = scenario.cells.find(
    (it) =>
      it.subject === scenario.reference &&
      conditionText(it.condition) === conditionText(cell.condition),
  )
  if (!reference || reference === cell) return undefined
  return pairedDifference(cell.values[metric] ?? [], reference.values[metric] ?? [])
}

function conditionText(condition: Cell['condition']): string {
  return Object.entries(condition)
    .map(([name, value]) => `${value} ${name}`)
    .join(', ')
}
