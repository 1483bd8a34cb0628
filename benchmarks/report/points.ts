import type { Cell } from '../result/result.js'
import { colourOf } from './colours.js'
import { conditionText } from './condition-text.js'

/** A figure with its interval, at its place in a drawing. */
export interface Point {
  readonly subject: string
  readonly at: string
  readonly x: number
  readonly median: number
  readonly low: number
  readonly high: number
}

/** `varied` is the condition that `x` is taken from. */
export function pointsOf(cells: readonly Cell[], metric: string, varied?: string): Point[] {
  return cells.flatMap(({ subject, condition, summaries }) => {
    const summary = summaries[metric]
    if (!summary) return []
    const x = varied === undefined ? NaN : Number(condition[varied])
    return [{ subject, at: conditionText(condition), x, ...summary }]
  })
}

/** The colour of a subject as it is, and on no scale. */
export const subjectColour: {
  readonly value: (it: { readonly subject: string }) => string
  readonly scale: null
} = { value: ({ subject }) => colourOf(subject), scale: null }

/** The name of the one number that was varied, such as `connections`. */
export function variedNumber(cells: readonly Cell[]): string | undefined {
  const single = cells.filter(({ condition }) => Object.keys(condition).length === 1)
  const names = new Set(single.flatMap(({ condition }) => Object.keys(condition)))
  return [...names].find((name) => {
    const values = new Set(single.map(({ condition }) => condition[name]))
    return values.size > 1 && [...values].every((it) => it === undefined || typeof it === 'number')
  })
}
