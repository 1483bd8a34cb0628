import type { Cell, ScenarioResult } from '../result/result.js'
import { pairedRatio } from '../statistics/difference.js'
import { figureText } from './figures.js'

const AWAY = 'ms away'

interface Point {
  readonly x: number
  readonly y: number
}

interface MeasuredPoint extends Point {
  /** One of each round. */
  readonly values: readonly number[]
}

/** Where a session is as fast as a token. */
interface Crossing extends Point {
  readonly session: string
  readonly token: string
}

/**
 * Where the line of a session and that of a token cross as the stores move away; between two
 * distances that were measured the lines are taken to be straight. Where the rounds can't tell which of the two is the
 * lower one, on either side, there is no crossing: it would be one of noise.
 */
export function crossingLines(scenario: ScenarioResult): string[] {
  return crossingPoints(scenario, scenario.metrics[0]?.id ?? '').map(
    ({ session, token, x }) => `${session} and ${token} cross ${figureText(x)} ms away.`,
  )
}

/** The same as points of a drawing of one metric. */
export function crossingPoints({ cells }: ScenarioResult, metric: string): Crossing[] {
  const subjects = [...new Set(cells.map(({ subject }) => subject))]
  const lineOf = (subject: string): MeasuredPoint[] => pointsOf(cells, subject, metric)
  const sessions = subjects.filter((it) => it.startsWith('session-'))
  const tokens = subjects.filter((it) => it.startsWith('jwt-'))
  return sessions.flatMap((session) =>
    tokens.flatMap((token) => {
      const at = crossing(lineOf(session), lineOf(token))
      return at ? [{ session, token, ...at }] : []
    }),
  )
}

function pointsOf(cells: readonly Cell[], subject: string, metric: string): MeasuredPoint[] {
  return cells
    .filter((it) => it.subject === subject && it.condition[AWAY] !== undefined)
    .map(({ condition, summaries, values }) => ({
      x: Number(condition[AWAY]),
      y: summaries[metric]?.median ?? NaN,
      values: values[metric] ?? [],
    }))
    .toSorted((a, b) => a.x - b.x)
}

/** The first place at which the lower of two lines becomes the upper one, between two points that tell which it is. */
export function crossing(
  a: readonly MeasuredPoint[],
  b: readonly MeasuredPoint[],
): Point | undefined {
  const gaps = a.flatMap(({ x, y, values }, at) => {
    const other = b[at]
    const upper = other ? upperOf(values, other.values) : 0
    return other && upper !== 0 ? [{ x, y, gap: y - other.y, upper }] : []
  })
  for (const [at, { x, y, gap, upper }] of gaps.entries()) {
    const next = gaps[at + 1]
    if (next && upper === -next.upper) {
      const share = gap / (gap - next.gap)
      return { x: x + (next.x - x) * share, y: y + (next.y - y) * share }
    }
  }
  return undefined
}

/** 1 if the first is the upper one, -1 if the second is, 0 if the rounds can't tell. */
function upperOf(a: readonly number[], b: readonly number[]): -1 | 0 | 1 {
  const ratio = pairedRatio(a, b)
  if (ratio?.confidence === undefined) return 0
  return ratio.low > 1 ? 1 : ratio.high < 1 ? -1 : 0
}
