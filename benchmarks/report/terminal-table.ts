import Table from 'cli-table3'
import type { ScenarioResult } from '../result/result.js'
import { footnotes, scenarioRows } from './scenario-rows.js'

/** So many metrics fit on a terminal; the report has them all. */
const SHOWN = 5

const COMPACT = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' }

/** A head as narrow as the figures below it. */
function wrapped(text: string): string {
  return text.replaceAll(/(.{1,16})(?: +|$)/g, '$1\n').trimEnd()
}

/** The scenario's question, and what came of it. */
export function terminalSection(scenario: ScenarioResult): string {
  const { id, question, failure } = scenario
  const { head, rows } = scenarioRows(scenario, SHOWN)
  const table = new Table({
    head: head.map(wrapped),
    chars: COMPACT,
    style: { head: [], border: [] },
  })
  table.push(...rows.map((row) => [...row]))
  return [
    `${id}: ${question}`,
    ...(rows.length > 0 ? [table.toString()] : []),
    ...(failure === undefined ? [] : [`Failed: ${failure}`]),
    ...footnotes(scenario),
  ].join('\n')
}
