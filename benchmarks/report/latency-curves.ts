import * as Plot from '@observablehq/plot'
import type { ScenarioResult } from '../result/result.js'
import { apart } from './apart.js'
import { type Canvas, draw, isNarrow } from './canvas.js'
import type { Drawing } from './drawing.js'
import { subjectColour } from './points.js'

const PERCENTILES = [
  ['p50', '50 %'],
  ['p90', '90 %'],
  ['p99', '99 %'],
  ['p999', '99.9 %'],
  ['max', 'all'],
] as const

/** Which share of the requests was answered within which time, at a fixed rate. */
export function latencyCurves({ cells }: ScenarioResult, canvas: Canvas): Drawing[] {
  const paced = cells.filter(({ condition }) => condition['a second'] !== undefined)
  const points = paced.flatMap(({ subject, latencies = [] }) =>
    PERCENTILES.flatMap(([id, within]) => {
      const values = latencies.flatMap((it) => it[id] ?? []).toSorted((a, b) => a - b)
      const ms = values[Math.floor(values.length / 2)]
      return ms !== undefined && values.length === latencies.length ? { subject, within, ms } : []
    }),
  )
  if (points.length === 0) return []
  const narrow = isNarrow(canvas)
  const rate = String(paced[0]?.condition['a second'])
  const title = `Latency at ${rate} requests a second, from when each was due`
  const height = narrow ? 300 : 360
  const ends = points.filter(({ within }) => within === 'all')
  const logs = points.map(({ ms }) => Math.log(ms))
  // Apart as the eye sees it, on a logarithmic axis.
  const places = apart(
    ends.map(({ ms }) => Math.log(ms)),
    { from: Math.min(...logs), to: Math.max(...logs), height },
  ).map((it) => Math.exp(it))
  const html = draw(canvas, title, {
    height,
    marginLeft: narrow ? 48 : 60,
    marginRight: narrow ? 112 : 150,
    x: { label: 'of the requests', domain: PERCENTILES.map(([, within]) => within), type: 'point' },
    y: { label: 'answered within (ms)', type: 'log', grid: true },
    marks: [
      Plot.lineY(points, { x: 'within', y: 'ms', z: 'subject', stroke: subjectColour }),
      Plot.dot(points, { x: 'within', y: 'ms', fill: subjectColour, r: 3 }),
      Plot.text(ends, {
        x: 'within',
        y: places,
        text: 'subject',
        fill: subjectColour,
        textAnchor: 'start',
        dx: 8,
      }),
    ],
  })
  return [{ title, html }]
}
