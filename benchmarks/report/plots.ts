import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import type { Cell, ScenarioResult } from '../result/result.js'
import type { Metric } from '../runner/scenario.js'
import { conditionText } from './condition-text.js'
import { metricText } from './figures.js'

/** A drawing, with what it shows. */
export interface Drawing {
  readonly title: string
  readonly html: string
}

const { document } = parseHTML('<!doctype html><html><body></body></html>')

/** Sessions are blue, tokens are orange, what is neither is grey; in each a place of its own. */
const COLOURS: Readonly<Record<string, string>> = {
  'session-redis': '#1f6fb2',
  'session-postgres': '#4a9fe0',
  'session-memory': '#1aa39a',
  'session-cookie': '#7c6fd0',
  'jwt-rotating': '#d9640a',
  'jwt-stateless': '#e9a23b',
  'jwt-denylist': '#c23b3b',
  'jwt-user-lookup': '#b8487f',
  'jwt-rotating+RS256': '#a8763e',
  'jwt-rotating+ES256': '#7f8a1f',
  'sessions-redis': '#1f6fb2',
  'sessions-postgres': '#4a9fe0',
  'families-redis': '#d9640a',
  'families-postgres': '#e9a23b',
}
const OTHER = '#8a8a8a'

function colourOf(subject: string): string {
  return COLOURS[subject] ?? COLOURS[subject.replace(/\+.*$/, '')] ?? OTHER
}

const WIDTH = 860
const STYLE = { background: 'transparent', fontSize: '12px', fontFamily: 'inherit' }

/** Every drawing that the figures of a scenario allow. */
export function drawingsOf(scenario: ScenarioResult): Drawing[] {
  const [main] = scenario.metrics
  const overTime = timeLines(scenario)
  if (!main || overTime.length > 0) return overTime
  return [
    ...scenario.metrics.slice(0, 2).flatMap((metric) => lines(scenario, metric)),
    ...bars(scenario, main),
    ...latencyCurves(scenario),
  ]
}

/** The name of the one number that was varied, such as `connections`. */
function variedNumber(cells: readonly Cell[]): string | undefined {
  const single = cells.filter(({ condition }) => Object.keys(condition).length === 1)
  const names = new Set(single.flatMap(({ condition }) => Object.keys(condition)))
  return [...names].find((name) => {
    const values = new Set(single.map(({ condition }) => condition[name]))
    return values.size > 1 && [...values].every((it) => it === undefined || typeof it === 'number')
  })
}

interface Point {
  readonly subject: string
  readonly at: string
  readonly x: number
  readonly median: number
  readonly low: number
  readonly high: number
}

function pointsOf(cells: readonly Cell[], metric: string, varied?: string): Point[] {
  return cells.flatMap(({ subject, condition, summaries }) => {
    const summary = summaries[metric]
    if (!summary) return []
    const x = varied === undefined ? NaN : Number(condition[varied])
    return [{ subject, at: conditionText(condition), x, ...summary }]
  })
}

/** One line for each subject, over what was varied, with the interval as a band. */
function lines(scenario: ScenarioResult, metric: Metric): Drawing[] {
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
  const ends = [...new Map(points.map((it) => [it.subject, it])).values()]
  const isWide = Math.max(...points.map(({ x }) => x)) > 500
  const stroke = (it: Point): string => colourOf(it.subject)
  const type = isWide && points.every(({ x }) => x > 0) ? ('log' as const) : ('linear' as const)
  const html = draw({
    width: WIDTH,
    height: 380,
    marginRight: 170,
    marginLeft: 60,
    x: { type, label: varied, ticks: type === 'log' ? 4 : 8 },
    y: { label: metricText(metric), grid: true, zero: true, nice: true },
    marks: [
      Plot.areaY(points, {
        x: 'x',
        y1: 'low',
        y2: 'high',
        z: 'subject',
        fill: stroke,
        fillOpacity: 0.15,
      }),
      Plot.lineY(points, { x: 'x', y: 'median', z: 'subject', stroke }),
      Plot.dot(points, { x: 'x', y: 'median', fill: stroke, r: 3 }),
      Plot.text(apart(ends), {
        x: 'x',
        y: 'median',
        text: 'subject',
        fill: stroke,
        textAnchor: 'start',
        dx: 8,
      }),
    ],
  })
  return [{ title: `${metricText(metric)}, by ${varied}`, html }]
}

/** Labels at the ends of lines, moved so that none lies on another. */
function apart(ends: readonly Point[]): Point[] {
  const top = Math.max(...ends.map(({ median }) => median))
  const step = top / 19
  let last = -Infinity
  return ends
    .toSorted((a, b) => a.median - b.median)
    .map((it) => {
      last = Math.max(it.median, last + step)
      return { ...it, median: last }
    })
}

/** A bar for each subject, with its interval; a drawing for each condition that is no number. */
function bars(scenario: ScenarioResult, metric: Metric): Drawing[] {
  const varied = variedNumber(scenario.cells)
  const groups = new Map<string, Cell[]>()
  for (const cell of scenario.cells) {
    const text = conditionText(cell.condition)
    groups.set(text, [...(groups.get(text) ?? []), cell])
  }
  const shown = [...groups].filter(([, cells]) => cells.length > 1)
  // Where lines say the same, only the condition that every subject was measured under.
  const most = Math.max(0, ...shown.map(([, cells]) => cells.length))
  const isLine = varied !== undefined
  const few = shown.filter(
    ([, cells]) => !isLine || (cells.length === most && hasMore(shown, most)),
  )
  return few.slice(0, MOST_DRAWINGS).flatMap(([text, cells]) => {
    const points = pointsOf(cells, metric.id).toSorted((a, b) => a.median - b.median)
    if (points.every(({ high }) => high === 0)) return []
    const title = text === '' ? metricText(metric) : `${metricText(metric)}: ${text}`
    return [{ title, html: bar(points, metric) }]
  })
}

/** A scenario with a condition for each of many requests is a table, and no row of drawings. */
const MOST_DRAWINGS = 4

function hasMore(groups: readonly (readonly [string, Cell[]])[], most: number): boolean {
  return groups.some(([, cells]) => cells.length < most)
}

function bar(points: readonly Point[], metric: Metric): string {
  return draw({
    width: WIDTH,
    height: 64 + points.length * 24,
    marginLeft: 190,
    marginRight: 60,
    marginBottom: 44,
    x: { label: metricText(metric), labelOffset: 38, grid: true, nice: true, zero: true },
    y: { label: null, domain: points.map(({ subject }) => subject) },
    marks: [
      Plot.barX(points, {
        y: 'subject',
        x: 'median',
        fill: (it: Point) => colourOf(it.subject),
        fillOpacity: 0.8,
      }),
      Plot.link(points, {
        y1: 'subject',
        y2: 'subject',
        x1: 'low',
        x2: 'high',
        stroke: 'currentColor',
      }),
      Plot.tickX(points, { y: 'subject', x: 'low', stroke: 'currentColor', inset: 7 }),
      Plot.tickX(points, { y: 'subject', x: 'high', stroke: 'currentColor', inset: 7 }),
      Plot.ruleX([0], { stroke: 'currentColor' }),
    ],
  })
}

const PERCENTILES = [
  ['p50', '50 %'],
  ['p90', '90 %'],
  ['p99', '99 %'],
  ['p999', '99.9 %'],
  ['max', 'all'],
] as const

/** Which share of the requests was answered within which time, at a fixed rate. */
function latencyCurves({ cells }: ScenarioResult): Drawing[] {
  const paced = cells.filter(({ condition }) => condition['a second'] !== undefined)
  const points = paced.flatMap(({ subject, latencies = [] }) =>
    PERCENTILES.map(([id, within]) => {
      const values = latencies.map((it) => it[id]).toSorted((a, b) => a - b)
      return { subject, within, ms: values[Math.floor(values.length / 2)] ?? NaN }
    }),
  )
  if (points.length === 0) return []
  const stroke = (it: { subject: string }): string => colourOf(it.subject)
  const html = draw({
    width: WIDTH,
    height: 360,
    marginLeft: 60,
    marginRight: 150,
    x: { label: 'of the requests', domain: PERCENTILES.map(([, within]) => within), type: 'point' },
    y: { label: 'answered within (ms)', type: 'log', grid: true },
    marks: [
      Plot.lineY(points, { x: 'within', y: 'ms', z: 'subject', stroke }),
      Plot.dot(points, { x: 'within', y: 'ms', fill: stroke, r: 3 }),
      Plot.text(
        points.filter(({ within }) => within === 'all'),
        { x: 'within', y: 'ms', text: 'subject', fill: stroke, textAnchor: 'start', dx: 8 },
      ),
    ],
  })
  const rate = String(paced[0]?.condition['a second'])
  return [{ title: `Latency at ${rate} requests a second, from when each was due`, html }]
}

/** What went well above the line, what failed below it. */
function timeLines({ cells }: ScenarioResult): Drawing[] {
  const points = cells.flatMap(({ subject, timeLines: all = [] }) =>
    all.flatMap(({ name, points: of }) =>
      of.flatMap(({ second, ok, failed }) => [
        { subject, name, second, count: ok, outcome: 'served' },
        { subject, name, second, count: -failed, outcome: 'failed' },
      ]),
    ),
  )
  if (points.length === 0) return []
  const html = draw({
    width: WIDTH,
    height: 60 + cells.length * 56,
    marginLeft: 20,
    marginRight: 130,
    marginBottom: 40,
    x: { label: 'seconds' },
    fy: { label: null, axis: 'right', padding: 0.15, domain: cells.map(({ subject }) => subject) },
    fx: { label: null },
    y: { axis: null },
    color: { legend: true, domain: ['served', 'failed'], range: ['#3a8f5c', '#c23b3b'] },
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
  return [{ title: 'Served and failed, twice a second', html }]
}

function draw(options: Plot.PlotOptions): string {
  const figure = Plot.plot({ ...options, style: STYLE, document: document as never })
  return figure.outerHTML
}
