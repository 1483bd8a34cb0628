import type { ScenarioResult } from '../result/result.js'
import { besideReference, conclusionLines, isCounted } from './comparison.js'
import { conditionText } from './condition-text.js'
import { crossingLines } from './crossings.js'
import { figureText, metricText, summaryText } from './figures.js'

/** A scenario as a table of texts. */
export interface ScenarioRows {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/**
 * Subject and condition; the first metric with its interval, and compared with the reference; the
 * others by their median. `shown` is how many metrics there is room for; a metric without any figure is left out.
 */
export function scenarioRows(scenario: ScenarioResult, shown: number = Infinity): ScenarioRows {
  const [main, ...others] = scenario.metrics
    .filter(({ id }) => scenario.cells.some(({ summaries }) => summaries[id]))
    .slice(0, shown)
  if (!main || scenario.cells.length === 0) return { head: [], rows: [] }
  const counted = isCounted(scenario, main.id)
  const compared = counted ? [] : [`times ${scenario.reference}`]
  const rows = scenario.cells.map((cell) => {
    const summary = cell.summaries[main.id]
    const figure = counted ? figureText(summary?.median) : summaryText(summary)
    const ratio = besideReference(scenario, cell, main.id)
    return [
      cell.subject,
      conditionText(cell.condition),
      figure + (cell.atCeiling > 0 ? ' ^' : ''),
      ...(counted ? [] : [ratio ? summaryText(ratio) : '']),
      ...others.map(({ id }) => figureText(cell.summaries[id]?.median)),
    ]
  })
  return { head: ['', '', metricText(main), ...compared, ...others.map(metricText)], rows }
}

/** What was concluded; what the marks mean, where there are any; where lines cross. */
export function footnotes(scenario: ScenarioResult): string[] {
  const isMarked = scenario.cells.some(({ atCeiling }) => atCeiling > 0)
  return [
    ...conclusionLines(scenario),
    ...repeatsLine(scenario),
    ...(isMarked
      ? ['^ at the load generator’s ceiling: the server may be faster than this says.']
      : []),
    ...crossingLines(scenario),
  ]
}

function repeatsLine({ cells }: ScenarioResult): string[] {
  const most = Math.max(...cells.map(({ repeats = 1 }) => repeats))
  if (!(most > 1)) return []
  return [
    `Each figure is the median of ${most} repeats in one process. Repeats are not rounds: nothing is concluded from them.`,
  ]
}
