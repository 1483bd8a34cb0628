import type { Metric } from '../runner/scenario.js'
import type { Summary } from '../statistics/summary.js'

/** Three digits that count, as people read them. */
export function figureText(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '-'
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US')
  return Number(value.toPrecision(3)).toString()
}

/** The median with its interval in brackets, or with a range in parentheses, from which nothing follows. */
export function summaryText(
  summary: Pick<Summary, 'median' | 'low' | 'high' | 'confidence'> | undefined,
): string {
  if (!summary) return '-'
  const { median, low, high, confidence } = summary
  const bounds = `${figureText(low)}–${figureText(high)}`
  return `${figureText(median)} ${confidence === undefined ? `(${bounds})` : `[${bounds}]`}`
}

/** Its title with the unit. */
export function metricText({ title, unit }: Metric): string {
  return unit ? `${title} (${unit})` : title
}
