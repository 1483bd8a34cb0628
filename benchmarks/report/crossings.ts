import type { Cell, ScenarioResult } from '../result/result.js'
import { figureText } from './figures.js'

const AWAY = 'ms away'

interface Point {
  readonly x: number
  readonly y: number
}

/**
 * Where the line of a session and that of a token cross as the stores move away; between two
 * distances that were measured the lines are taken to be straight.
 */
export function crossingLines({ cells, metrics }: ScenarioResult): string[] {
  const metric = metrics[0]?.id ?? ''
  const subjects = [...new Set(cells.map(({ subject }) => subject))]
  const lineOf = (subject: string): Point[] => pointsOf(cells, subject, metric)
  const sessions = subjects.filter((it) => it.startsWith('session-'))
  const tokens = subjects.filter((it) => it.startsWith('jwt-'))
  return sessions.flatMap((session) =>
    tokens.flatMap((token) => {
      const at = crossing(lineOf(session), lineOf(token))
      return at === undefined ? [] : [`${session} and ${token} cross ${figureText(at)} ms away.`]
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

/** The first `x` at which the lower of two lines becomes the upper one. */
export function crossing(a: readonly Point[], b: readonly Point[]): number | undefined {
  const gaps = a.map(({ x, y }, at) => ({ x, gap: y - (b[at]?.y ?? NaN) }))
  for (const [at, { x, gap }] of gaps.entries()) {
    const next = gaps[at + 1]
    if (next && gap !== 0 && Math.sign(gap) === -Math.sign(next.gap)) {
      return x + ((next.x - x) * gap) / (gap - next.gap)
    }
  }
  return undefined
}
