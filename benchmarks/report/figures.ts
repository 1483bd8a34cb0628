import type { Metric } from '../runner/scenario.js'
import type { Difference } from '../statistics/difference.js'
import type { Summary } from '../statistics/summary.js'

/** Three digits that count, as people read them. */
export function figureText(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '-'
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US')
  return Number(value.toPrecision(3)).toString()
}

/** The median, and where it lies. */
export function summaryText(summary: Summary | undefined): string {
  if (!summary) return '-'
  const { median, low, high } = summary
  return `${figureText(median)} [${figureText(low)}–${figureText(high)}]`
}

/** How many times as much, with the interval; a difference that was not seen is none. */
export function differenceText(difference: Difference | undefined): string {
  if (!difference) return ''
  const { ratio, seen } = difference
  if (!seen) return 'no difference seen'
  return `${ratio.median.toFixed(2)} [${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)}]`
}

/** Its title with the unit. */
export function metricText({ title, unit }: Metric): string {
  return unit ? `${title} (${unit})` : title
}
