/** Room that a line of text takes, in pixels. */
const LINE = 13
/** What a drawing is higher than its axis. */
const AROUND = 60

export interface Axis {
  /** Of the axis: the least and the greatest value. */
  readonly from: number
  readonly to: number
  /** Of the drawing, in pixels. */
  readonly height: number
}

/**
 * Places of labels along an axis, near the values that they belong to, so that none lies on another and
 * none above the axis. In the order of `values`.
 */
export function apart(values: readonly number[], { from, to, height }: Axis): number[] {
  const step = ((to - from) * LINE) / (height - AROUND)
  const order = values.map((_, index) => index).toSorted((a, b) => at(values, a) - at(values, b))
  const places: number[] = [...values]
  let last = -Infinity
  for (const index of order) last = places[index] = Math.max(at(values, index), last + step)
  let next = to
  for (const index of order.toReversed()) {
    places[index] = Math.min(at(places, index), next)
    next = at(places, index) - step
  }
  return places
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? NaN
}
