import Table from 'cli-table3'
import type { Cell, Result, ScenarioResult } from '../result/result.js'
import { unpairedRatio } from '../statistics/difference.js'
import { conditionText } from './condition-text.js'
import { machineLine } from './facts.js'
import { metricText, summaryText } from './figures.js'

/**
 * Two results side by side: the first metric of each scenario, and what differs around it. It describes: two runs have
 * no rounds in common, and nobody declared beforehand what was to be compared.
 */
export function compareResults(a: Result, b: Result): string {
  const sections = a.scenarios.flatMap((before) => {
    const after = b.scenarios.find(({ id }) => id === before.id)
    return after ? [section(before, after)] : []
  })
  const lines = [...surroundings(a, b), ...onlyIn('A', a, b), ...onlyIn('B', b, a)]
  lines.push(
    'Two runs are described side by side. Nothing is concluded, because nothing was declared beforehand.',
  )
  if (sections.length === 0) lines.push('The two have no scenario in common.')
  return [lines.join('\n'), ...sections].join('\n\n')
}

/** What is not the same around the figures: then they may differ for that reason. */
function surroundings(a: Result, b: Result): string[] {
  const facts: readonly [string, string, string][] = [
    ['machine', machineLine(a), machineLine(b)],
    ['settings', JSON.stringify(a.settings), JSON.stringify(b.settings)],
    ['way of measuring', `version ${a.version}`, `version ${b.version}`],
  ]
  const differing = facts.filter(([, before, after]) => before !== after)
  return [
    `A: ${a.startedAt}  ${a.command}`,
    `B: ${b.startedAt}  ${b.command}`,
    ...differing.map(
      ([what, before, after]) => `Not the same ${what}:\n  A ${before}\n  B ${after}`,
    ),
  ]
}

function onlyIn(name: string, result: Result, other: Result): string[] {
  const own = result.scenarios.filter(({ id }) => !other.scenarios.some((it) => it.id === id))
  return own.length > 0 ? [`Only in ${name}: ${own.map(({ id }) => id).join(', ')}`] : []
}

function section(before: ScenarioResult, after: ScenarioResult): string {
  const [metric] = before.metrics
  if (!metric) return before.id
  const table = new Table({
    head: [before.id, '', `A: ${metricText(metric)}`, 'B', 'B times A'],
    style: { head: [], border: [] },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  })
  const key = ({ subject, condition }: Cell): string => `${subject} ${conditionText(condition)}`
  for (const cell of before.cells) {
    const other = after.cells.find((it) => key(it) === key(cell))
    const values = other?.values[metric.id] ?? []
    const hasRepeats = cell.repeats !== undefined || other?.repeats !== undefined
    const kind = hasRepeats ? 'range' : 'interval'
    const ratio = unpairedRatio(values, cell.values[metric.id] ?? [], kind)
    table.push([
      cell.subject,
      conditionText(cell.condition),
      summaryText(cell.summaries[metric.id]),
      summaryText(other?.summaries[metric.id]),
      summaryText(ratio),
    ])
  }
  return table.toString()
}
