import type { Cell, ScenarioResult } from '../result/result.js'
import { figureText } from './figures.js'

const AWAY = 'ms away'

interface Point {
  readonly x: number
  readonly y: number
}

/** Where a session is as fast as a token. */
interface Crossing extends Point {
  readonly session: string
  readonly token: string
}

/**
 * Where the line of a session and that of a token cross as the stores move away; between two
 * distances that were measured the lines are taken to be straight.
 */
export function crossingLines(scenario: ScenarioResult): string[] {
  return crossingPoints(scenario, scenario.metrics[0]?.id ?? '').map(
    ({ session, token, x }) => `${session} and ${token} cross ${figureText(x)} ms away.`,
  )
}

/** The same as points of a drawing of one metric. */
export function crossingPoints({ cells }: ScenarioResult, metric: string): Crossing[] {
  const subjects = [...new Set(cells.map(({ subject }) => subject))]
  const lineOf = (subject: string): Point[] => pointsOf(cells, subject, metric)
  const sessions = subjects.filter((it) => it.startsWith('session-'))
  const tokens = subjects.filter((it) => it.startsWith('jwt-'))
  return sessions.flatMap((session) =>
    tokens.flatMap((token) => {
      const at = crossing(lineOf(session), lineOf(token))
      return at ? [{ session, token, ...at }] : []
    }),
  )
}

function pointsOf(cells: readonly Cell[], subject: string, metric: string): Point[] {
  return cells
    .filter((it) => it.subject === subject && it.condition[AWAY] !== undefined)
    .map(({ condition, summaries }) => ({
      x: Number(condition[AWAY]),
      y: summaries[metric]?.median ?? NaN,
    }))
    .toSorted((a, b) => a.x - b.x)
}

/** The first point at which the lower of two lines becomes the upper one. */
export function crossing(a: readonly Point[], b: readonly Point[]): Point | undefined {
  const gaps = a.map(({ x, y }, at) => ({ x, y, gap: y - (b[at]?.y ?? NaN) }))
  for (const [at, { x, y, gap }] of gaps.entries()) {
    const next = gaps[at + 1]
    if (next && gap !== 0 && Math.sign(gap) === -Math.sign(next.gap)) {
      const share = gap / (gap - next.gap)
      return { x: x + (next.x - x) * share, y: y + (next.y - y) * share }
    }
  }
  return undefined
}
