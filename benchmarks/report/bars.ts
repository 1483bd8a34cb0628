import * as Plot from '@observablehq/plot'
import type { Cell, ScenarioResult } from '../result/result.js'
import type { Metric } from '../runner/scenario.js'
import { type Canvas, draw, isNarrow } from './canvas.js'
import { conditionText } from './condition-text.js'
import type { Drawing } from './drawing.js'
import { metricText } from './figures.js'
import { type Point, pointsOf, subjectColour, variedNumber } from './points.js'

/** A scenario with a condition for each of many requests is a table, and no row of drawings. */
const MOST_DRAWINGS = 4

/** A bar for each subject, with its interval; a drawing for each condition that is no number. */
export function bars(scenario: ScenarioResult, metric: Metric, canvas: Canvas): Drawing[] {
  const groups = new Map<string, Cell[]>()
  for (const cell of scenario.cells) {
    const text = conditionText(cell.condition)
    groups.set(text, [...(groups.get(text) ?? []), cell])
  }
  const shown = [...groups].filter(([, cells]) => cells.length > 1)
  // Where lines say the same, only the condition that every subject was measured under.
  const most = Math.max(0, ...shown.map(([, cells]) => cells.length))
  const isLine = variedNumber(scenario.cells) !== undefined
  const few = shown.filter(
    ([, cells]) => !isLine || (cells.length === most && hasMore(shown, most)),
  )
  return few.slice(0, MOST_DRAWINGS).flatMap(([text, cells]) => {
    const points = pointsOf(cells, metric.id).toSorted((a, b) => a.median - b.median)
    if (points.every(({ high }) => high === 0)) return []
    const title = text === '' ? metricText(metric) : `${metricText(metric)}: ${text}`
    return [{ title, html: bar(points, metric, title, canvas) }]
  })
}

function hasMore(groups: readonly (readonly [string, Cell[]])[], most: number): boolean {
  return groups.some(([, cells]) => cells.length < most)
}

function bar(points: readonly Point[], metric: Metric, title: string, canvas: Canvas): string {
  const narrow = isNarrow(canvas)
  const row = narrow ? 34 : 24
  // On a phone the name stands above its bar.
  const top = narrow ? 16 : 2
  return draw(canvas, title, {
    height: 64 + points.length * row,
    marginLeft: narrow ? 4 : 190,
    marginRight: narrow ? 20 : 60,
    marginBottom: 44,
    x: {
      label: metricText(metric),
      labelOffset: 38,
      grid: true,
      nice: true,
      zero: true,
      ticks: Math.max(4, Math.round(canvas.width / 90)),
    },
    y: {
      label: null,
      domain: points.map(({ subject }) => subject),
      axis: narrow ? null : 'left',
      padding: 0.1,
    },
    marks: [
      Plot.barX(points, {
        y: 'subject',
        x: 'median',
        fill: subjectColour,
        fillOpacity: 0.8,
        insetTop: top,
      }),
      Plot.link(points, {
        y1: 'subject',
        y2: 'subject',
        x1: 'low',
        x2: 'high',
        stroke: 'currentColor',
        dy: (top - 2) / 2,
      }),
      ...['low', 'high'].map((x) =>
        Plot.tickX(points, {
          y: 'subject',
          x,
          stroke: 'currentColor',
          insetTop: top + 5,
          insetBottom: 5,
        }),
      ),
      ...(narrow ? [names(points, row)] : []),
      Plot.ruleX([0], { stroke: 'currentColor' }),
    ],
  })
}

function names(points: readonly Point[], row: number): Plot.Markish {
  return Plot.text(points, {
    y: 'subject',
    x: () => 0,
    text: 'subject',
    fill: subjectColour,
    textAnchor: 'start',
    dx: 2,
    dy: 9 - row / 2,
  })
}
