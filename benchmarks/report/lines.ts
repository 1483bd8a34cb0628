import * as Plot from '@observablehq/plot'
import type { ScenarioResult } from '../result/result.js'
import type { Metric } from '../runner/scenario.js'
import { apart } from './apart.js'
import { type Canvas, draw, isNarrow } from './canvas.js'
import { crossingPoints } from './crossings.js'
import type { Drawing } from './drawing.js'
import { metricText } from './figures.js'
import { type Point, pointsOf, subjectColour, variedNumber } from './points.js'

/** From the least to the greatest of what was varied; wider is drawn on a logarithmic scale. */
const WIDE = 500

/** One line for each subject, over what was varied, with the interval as a band. */
export function lines(scenario: ScenarioResult, metric: Metric, canvas: Canvas): Drawing[] {
  const varied = variedNumber(scenario.cells)
  if (varied === undefined) return []
  const all = pointsOf(
    scenario.cells.filter(({ condition }) => Object.keys(condition).join() === varied),
    metric.id,
    varied,
  )
  const isLine = (subject: string): boolean => all.filter((it) => it.subject === subject).length > 1
  const points = all.filter((it) => isLine(it.subject))
  if (points.length === 0) return []
  const crossings = crossingPoints(scenario, metric.id)
  const ring = crossings.length > 0 ? '; a ring where lines cross' : ''
  const title = `${metricText(metric)}, by ${varied}${ring}`
  return [{ title, html: drawLines(points, { crossings, metric, varied, title, canvas }) }]
}

interface LinesOptions {
  readonly crossings: ReturnType<typeof crossingPoints>
  readonly metric: Metric
  readonly varied: string
  readonly title: string
  readonly canvas: Canvas
}

function drawLines(points: readonly Point[], options: LinesOptions): string {
  const { crossings, metric, varied, title, canvas } = options
  const narrow = isNarrow(canvas)
  const ends = [...new Map(points.map((it) => [it.subject, it])).values()]
  const isWide = Math.max(...points.map(({ x }) => x)) > WIDE && points.every(({ x }) => x > 0)
  const type = isWide ? ('log' as const) : ('linear' as const)
  const line = { x: 'x', y: 'median', z: 'subject', stroke: subjectColour }
  const height = narrow ? 300 : 380
  const to = Math.max(...points.map(({ high }) => high))
  const places = apart(
    ends.map(({ median }) => median),
    { from: 0, to, height },
  )
  return draw(canvas, title, {
    height,
    marginRight: narrow ? 112 : 170,
    marginLeft: narrow ? 48 : 60,
    x: { type, label: varied, ticks: narrow || isWide ? 4 : 8 },
    y: { label: metricText(metric), grid: true, zero: true, nice: true },
    marks: [
      Plot.areaY(points, {
        x: 'x',
        y1: 'low',
        y2: 'high',
        z: 'subject',
        fill: subjectColour,
        fillOpacity: 0.15,
      }),
      Plot.lineY(points, line),
      Plot.dot(points, { x: 'x', y: 'median', fill: subjectColour, r: 3 }),
      Plot.dot(crossings, {
        x: 'x',
        y: 'y',
        r: 7,
        stroke: 'currentColor',
        strokeWidth: 1.5,
      }),
      Plot.text(ends, {
        x: 'x',
        y: places,
        text: 'subject',
        fill: subjectColour,
        textAnchor: 'start',
        dx: 8,
      }),
    ],
  })
}
