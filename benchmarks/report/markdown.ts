import { markdownTable } from 'markdown-table'
import type { Result, ScenarioResult } from '../result/result.js'
import { machineLine, methodLines } from './facts.js'
import { footnotes, type ScenarioRows, scenarioRows } from './scenario-rows.js'

/** The whole result, to be read as it is or put into a page. */
export function markdownReport(result: Result): string {
  return [
    '# Benchmarks: session and JWT',
    `\`${result.command}\`, ${result.startedAt} to ${result.finishedAt}`,
    machineLine(result),
    list(methodLines(result)),
    ...(result.missing.length > 0 ? ['**Missing**', list(result.missing)] : []),
    ...result.scenarios.map(section),
    '',
  ].join('\n\n')
}

function section(scenario: ScenarioResult): string {
  const { id, title, question, failure } = scenario
  return [
    `## ${id}: ${title}`,
    question,
    ...(failure === undefined ? [] : [`**Failed:** ${failure}`]),
    ...(scenario.cells.length > 0 ? [tableOf(scenarioRows(scenario))] : []),
    ...footnotes(scenario),
  ].join('\n\n')
}

function tableOf({ head, rows }: ScenarioRows): string {
  return markdownTable([head, ...rows])
}

function list(lines: readonly string[]): string {
  return lines.map((it) => `- ${it.replaceAll('\n', '\n  ')}`).join('\n')
}
