import Table from 'cli-table3'
import { SERVER_NAMES } from '../servers/server-program.js'
import type { StepResult, StopResult } from './run-tour.js'

// The first is set off from the server to its left.
const NUMBER_HEADS = ['   status', 'SQL', 'Redis', 'hash\nms', 'sign\nms', 'sent\nB', 'got\nB']
const UNKNOWN = '–'
/** The results side by side, or one below the other where `columns` are too few. */
export function tourTable(results: readonly StopResult[], columns: number): string {
  const wide = render(results)
  if (wide.split('\n').every((line) => line.length <= columns)) return wide
  return results.map((result) => render([result])).join('\n\n')
}

function render(results: readonly StopResult[]): string {
  const table = new Table({
    chars: BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: ['left', ...results.flatMap(() => NUMBER_HEADS.map(() => 'right' as const))],
  })
  const colSpan = NUMBER_HEADS.length
  table.push([
    '',
    ...results.map((it) => ({ content: title(it), colSpan, hAlign: 'left' as const })),
  ])
  table.push(['step', ...results.flatMap(() => NUMBER_HEADS)])
  const names = results[0]?.steps.map(({ step }) => step) ?? []
  names.forEach((name, index) =>
    table.push([name, ...results.flatMap(({ steps }) => numbers(steps[index]))]),
  )
  table.push(['total', ...results.flatMap(({ steps }) => totals(steps))])
  return withRules(table.toString())
}

function title({ stop }: StopResult): string {
  return `   ${SERVER_NAMES[stop.server]} · ${stop.strategy ?? stop.url}`
}

function numbers(result: StepResult | undefined): string[] {
  if (!result) return NUMBER_HEADS.map(() => '')
  const { costs, sentBytes, receivedBytes, failure } = result
  return [
    `${result.status ?? UNKNOWN}${failure ? ' ✗' : ''}`,
    count(costs?.sql),
    count(costs?.redis),
    milliseconds(costs?.hashMs),
    milliseconds(costs?.signMs),
    count(sentBytes),
    count(receivedBytes),
  ]
}

function totals(steps: readonly StepResult[]): string[] {
  return [
    '',
    count(sum(steps, (it) => it.costs?.sql)),
    count(sum(steps, (it) => it.costs?.redis)),
    milliseconds(sum(steps, (it) => it.costs?.hashMs)),
    milliseconds(sum(steps, (it) => it.costs?.signMs)),
    count(sum(steps, (it) => it.sentBytes)),
    count(sum(steps, (it) => it.receivedBytes)),
  ]
}

/** Of what is known; unknown if nothing is. */
function sum(
  steps: readonly StepResult[],
  of: (step: StepResult) => number | undefined,
): number | undefined {
  const known = steps.map(of).filter((it) => it !== undefined)
  return known.length === 0 ? undefined : known.reduce((total, it) => total + it, 0)
}

function count(value: number | undefined): string {
  return value === undefined ? UNKNOWN : String(value)
}

function milliseconds(value: number | undefined): string {
  if (value === undefined) return UNKNOWN
  return value === 0 ? '0' : value.toFixed(value < 10 ? 2 : 0)
}

const NO_BORDER_NAMES = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
  'left',
  'left-mid',
  'mid',
  'mid-mid',
  'right',
  'right-mid',
  'middle',
] as const

const BORDERS: Record<(typeof NO_BORDER_NAMES)[number], string> = Object.fromEntries(
  NO_BORDER_NAMES.map((name) => [name, name === 'middle' ? ' ' : '']),
) as Record<(typeof NO_BORDER_NAMES)[number], string>

/** A rule below the heads and above the totals. */
function withRules(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd())
  const rule = '─'.repeat(Math.max(...lines.map((line) => line.length)))
  const heads = 1 + Math.max(...NUMBER_HEADS.map((head) => head.split('\n').length))
  return [...lines.slice(0, heads), rule, ...lines.slice(heads, -1), rule, lines.at(-1)].join('\n')
}
