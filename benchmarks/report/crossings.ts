import type { Cell, Compared, ScenarioResult } from '../result/result.js'
import { isSameCondition } from '../runner/scenario.js'
import { figureText } from './figures.js'

const AWAY = 'ms away'

interface Point {
  readonly x: number
  readonly y: number
}

/** Where two lines cross that the scenario compares. */
interface Crossing extends Point {
  readonly subject: string
  readonly reference: string
}

/** Where lines cross as the stores move away, a sentence for each crossing. */
export function crossingLines(scenario: ScenarioResult): string[] {
  return crossingPoints(scenario, scenario.metrics[0]?.id ?? '').map(
    ({ subject, reference, x }) => `${subject} and ${reference} cross ${figureText(x)} ms away.`,
  )
}

/**
 * The same as points of a drawing of one metric. Between two distances that were measured, lines are taken to be
 * straight. Two lines cross only if the declared comparisons say, on both sides, which of them is the upper one.
 */
export function crossingPoints(scenario: ScenarioResult, metric: string): Crossing[] {
  const compared = (scenario.comparisons ?? []).filter(
    (it) => it.metric === metric && it.condition[AWAY] !== undefined,
  )
  const pairs = new Map(compared.map((it) => [`${it.subject} ${it.reference}`, it]))
  return [...pairs.values()].flatMap(({ subject, reference }) => {
    const own = compared.filter((it) => it.subject === subject && it.reference === reference)
    const at = crossing(own.flatMap((it) => gapOf(it, scenario.cells)))
    return at ? [{ subject, reference, ...at }] : []
  })
}

/** How far the subject is above the reference at one distance. */
export interface Gap extends Point {
  readonly gap: number
}

function gapOf(compared: Compared, cells: readonly Cell[]): Gap[] {
  const { conclusion, condition, metric } = compared
  if (!conclusion?.isDifferent) return []
  const medianOf = (subject: string): number =>
    cells.find((it) => it.subject === subject && isSameCondition(it.condition, condition))
      ?.summaries[metric]?.median ?? NaN
  const y = medianOf(compared.subject)
  return [{ x: Number(condition[AWAY]), y, gap: y - medianOf(compared.reference) }]
}

/** The first place at which the gap changes its sign. */
export function crossing(gaps: readonly Gap[]): Point | undefined {
  const sorted = gaps.toSorted((a, b) => a.x - b.x)
  for (const [at, { x, y, gap }] of sorted.entries()) {
    const next = sorted[at + 1]
    if (next && gap * next.gap < 0) {
      const share = gap / (gap - next.gap)
      return { x: x + (next.x - x) * share, y: y + (next.y - y) * share }
    }
  }
  return undefined
}
