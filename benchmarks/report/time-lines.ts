import * as Plot from '@observablehq/plot'
import type { ScenarioResult } from '../result/result.js'
import { type Canvas, draw, isNarrow } from './canvas.js'
import { FAILED, SERVED } from './colours.js'
import type { Drawing } from './drawing.js'

/** What went well above the line, what failed below it. */
export function timeLines({ cells }: ScenarioResult, canvas: Canvas): Drawing[] {
  const points = cells.flatMap(({ subject, timeLines: all = [] }) =>
    all.flatMap(({ name, points: of }) =>
      of.flatMap(({ second, ok, failed }) => [
        { subject, name, second, count: ok, outcome: 'served' },
        { subject, name, second, count: -failed, outcome: 'failed' },
      ]),
    ),
  )
  if (points.length === 0) return []
  const title = 'Served (above the line) and failed (below it), twice a second'
  const html = draw(canvas, title, {
    height: 60 + cells.length * 56,
    marginLeft: 20,
    marginRight: isNarrow(canvas) ? 112 : 130,
    marginBottom: 40,
    x: { label: 'seconds', ticks: isNarrow(canvas) ? 3 : 5 },
    fy: { label: null, axis: 'right', padding: 0.15, domain: cells.map(({ subject }) => subject) },
    fx: { label: null },
    y: { axis: null },
    color: { legend: true, domain: ['served', 'failed'], range: [SERVED, FAILED] },
    marks: [
      Plot.rectY(points, {
        fy: 'subject',
        fx: 'name',
        x1: 'second',
        x2: (it: { second: number }) => it.second + 0.5,
        y: 'count',
        fill: 'outcome',
        inset: 0.3,
      }),
      Plot.ruleY([0], { stroke: 'currentColor' }),
    ],
  })
  return [{ title, html }]
}
