import { describe, expect, it } from 'vitest'
import { compareResults } from '../report/compare-results.js'
import { apart } from '../report/apart.js'
import { crossing, crossingLines } from '../report/crossings.js'
import type { Cell, ScenarioResult } from '../result/result.js'
import { conclusionsOf } from '../statistics/difference.js'
import { methodLines } from '../report/facts.js'
import { htmlReport } from '../report/html.js'
import { markdownReport } from '../report/markdown.js'
import { scenarioRows } from '../report/scenario-rows.js'
import { terminalSection } from '../report/terminal-table.js'
import { cell, result, scenario } from './results.js'

const nine = (value: number): number[] => Array.from({ length: 9 }, () => value)
const KOA = [50, 52, 48, 51, 49, 50, 53, 47, 50]
const koa = cell('bare-koa', { cpu: KOA, throughput: nine(9) })
const slower = cell('session-redis', { cpu: KOA.map((it) => it * 2), throughput: nine(4) })
const same = cell('jwt-rotating', {
  cpu: [49, 53, 50, 50, 48, 51, 52, 47, 49],
  throughput: nine(9),
})
const shorter = (it: Cell): Cell => cell(it.subject, { cpu: (it.values['cpu'] ?? []).slice(0, 5) })

/** As a run has them: what the cells are compared by. */
function compared(cells: readonly Cell[]): Partial<ScenarioResult> {
  const [reference, ...others] = cells
  const conclusions = conclusionsOf(
    others.map((it) => [it.values['cpu'] ?? [], reference?.values['cpu'] ?? []]),
  )
  return {
    comparisons: others.map(({ subject, condition }, at) => ({
      metric: 'cpu',
      subject,
      reference: 'bare-koa',
      condition,
      conclusion: conclusions[at],
    })),
  }
}

describe('the table of a scenario', () => {
  it('says how many times as much, and concludes only what was declared', () => {
    const cells = [koa, slower, same]
    const text = terminalSection(scenario(cells, compared(cells)))
    expect(text).toMatch(/session-redis .* 100 \[96–104\] .* 2 \[2–2\]/)
    expect(text).toContain(
      'server CPU (50 connections): session-redis has 2 [2–2] times as much as bare-koa (p = 0.008).',
    )
    expect(text).toMatch(/no difference seen between jwt-rotating and bare-koa, 0.981 \[/)
    expect(terminalSection(scenario(cells))).not.toMatch(/p =|no difference/)
  })

  it('pairs what was measured in every third round with the same rounds of the reference', () => {
    const thirds = [0, 3, 6].map((at) => 3 * (KOA[at] ?? NaN))
    const described = cell('x', { cpu: thirds }, { measuredIn: [1, 4, 7] })
    expect(terminalSection(scenario([koa, described]))).toMatch(/x .* 153 \(150–159\) .* 3 \(3–3\)/)
  })

  it('calls fewer than nine rounds a range, and concludes nothing', () => {
    const cells = [koa, slower].map(shorter)
    const text = terminalSection(scenario(cells, compared(cells)))
    expect(text).toMatch(/session-redis .* 100 \(96–104\) .* 2 \(2–2\)/)
    expect(text).toContain('No conclusions from 5 rounds: a comparison needs 9.')
    expect(text).not.toMatch(/p =|times as much/)
  })

  it('says which declared comparison could not be judged', () => {
    const cells = [koa, cell('session-redis', {})]
    const text = terminalSection(scenario(cells, compared(cells)))
    expect(text).toContain(
      'session-redis and bare-koa can’t be compared, because a figure is missing.',
    )
  })

  it('marks what was measured at the ceiling of the load generator', () => {
    const text = terminalSection(scenario([koa, { ...slower, atCeiling: 1 }]))
    expect(text).toMatch(/session-redis .*\^/)
    expect(text).toContain('^ at the load generator’s ceiling')
    expect(terminalSection(scenario([koa]))).not.toContain('^')
  })

  it('has a dash for a figure that is missing, and no column without any figure', () => {
    const metrics = ['cpu', 'p50', 'p99'].map((id) => ({
      id,
      title: id,
      unit: '',
      better: 'less' as const,
    }))
    const cells = [cell('a', { cpu: [1, 2] }), cell('b', { cpu: [2, 3], p50: [7, 8] })]
    const { head, rows } = scenarioRows(scenario(cells, { metrics }))
    expect(head.slice(-2)).toEqual(['times bare-koa', 'p50'])
    expect(rows.map((row) => row.at(-1))).toEqual(['-', '7.5'])
  })

  it('says that repeats in one process are not rounds, and gives their range', () => {
    const repeats = { repeats: 9 }
    const cells = [cell('bare-koa', { cpu: KOA }, repeats), { ...slower, ...repeats }]
    const text = terminalSection(scenario(cells, { rounds: 1 }))
    expect(text).toMatch(/session-redis .* 2 \(1.77–2.26\)/)
    expect(text).toContain('the median of 9 repeats in one process')
    expect(terminalSection(scenario([koa, slower]))).not.toContain('repeats')
    const again = compareResults(result([scenario(cells)]), result([scenario(cells)]))
    expect(again).toMatch(/session-redis .* 1 \(0.887–1.13\)/)
  })

  it('has no interval where all was counted', () => {
    const text = terminalSection(scenario([cell('session-redis', { cpu: [1] })]))
    expect(text).not.toContain('[')
    expect(text).not.toContain('times')
  })

  it('says why a scenario failed', () => {
    const text = terminalSection(scenario([], { state: 'failed', failure: 'The server ended.' }))
    expect(text).toContain('Failed: The server ended.')
  })
})

describe.each([
  ['Markdown', markdownReport],
  ['HTML', htmlReport],
])('the report as %s', (_name, report) => {
  const text = report(
    result([scenario([koa, slower, same], compared([koa, slower, same]))], {
      missing: ['profile: 2 of 5 rounds (stopped)'],
    }),
  )

  it('has the machine, the command, the seed and the ceiling', () => {
    expect(text).toContain('Test 9000, 2 cores, 8 GiB; Linux 6.1; node 20.20.0')
    expect(text).toContain('npm run bench -- --scenario identity')
    expect(text).toContain('drawn with seed 7')
    expect(text).toContain('20,000/s at 50')
  })

  it('has what is missing, and no difference where none was seen', () => {
    expect(text).toContain('profile: 2 of 5 rounds (stopped)')
    expect(text).toContain('no difference seen')
  })
})

it('the report of an older result says that nothing is concluded from it', () => {
  const lines = methodLines(result([], { version: 1 })).join(' ')
  expect(lines).toContain('nothing is concluded from it')
  expect(lines).not.toMatch(/Brackets|declares beforehand/)
})

describe('the page', () => {
  it('needs nothing but itself', () => {
    const page = htmlReport(result([scenario([koa, slower])]))
    expect(page).toContain('<svg')
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|src=/)
  })

  it('shows what comes from outside as text', () => {
    const page = htmlReport(result([], { command: 'npm run bench -- <b>"&' }))
    expect(page).toContain('&lt;b&gt;&quot;&amp;')
  })

  it('draws the latencies at a rate without those that had too few answers', () => {
    const latencies = [
      { p50: 2, p90: 3, max: 9 },
      { p50: 2, p90: 3, p99: 5, max: 9 },
    ]
    const paced = { ...slower, condition: { connections: 50, 'a second': 500 }, latencies }
    const page = htmlReport(result([scenario([paced])]))
    const curve = /<figcaption>Latency at 500[^]*?<\/figure>/.exec(page)?.[0]
    expect(curve?.match(/<circle/g)).toHaveLength(3)
    expect(curve).not.toContain('NaN')
  })

  it('draws a line where a number was varied, and time where there is time', () => {
    const at = (connections: number) => ({ ...slower, condition: { connections } })
    const lines = htmlReport(result([scenario([at(1), at(10), at(50)])]))
    expect(lines).toContain('server CPU (µs), by connections')
    const points = [{ second: 0, ok: 1, failed: 2 }]
    const overTime = { ...slower, timeLines: [{ name: 'whoami', points }] }
    expect(htmlReport(result([scenario([overTime])]))).toContain('Served (above the line)')
  })
})

describe('labels', () => {
  const axis = { from: 0, to: 100, height: 190 }

  it('stay where their values are, where there is room', () => {
    expect(apart([80, 10], axis)).toEqual([80, 10])
  })

  it('move apart by a line of text, in their order, and not above the axis', () => {
    expect(apart([10, 11], axis)).toEqual([10, 20])
    expect(apart([100, 99, 50], axis)).toEqual([100, 90, 50])
  })
})

describe('lines', () => {
  const gaps = (...values: number[]) => values.map((gap, x) => ({ x, y: 1 + gap, gap }))

  it('cross where the lower becomes the upper', () => {
    expect(crossing(gaps(-0.9, 0.9, 2.9))?.x).toBeCloseTo(0.5)
    expect(crossing(gaps(0.9, -0.9))?.x).toBeCloseTo(0.5)
    expect(crossing(gaps(1, 2))).toBeUndefined()
    expect(crossing([])).toBeUndefined()
  })

  /** Two lines, of which the comparisons say at each distance whether they differ. */
  const twoLines = (session: readonly number[], token: readonly number[], isDeclared = true) => {
    const away = (subject: string, values: readonly number[]) =>
      values.map((it, at) => cell(subject, { cpu: nine(it) }, { condition: { 'ms away': 2 * at } }))
    const cells = [...away('session-redis', session), ...away('jwt-rotating', token)]
    const comparisons = session.map((it, at) => ({
      metric: 'cpu',
      subject: 'session-redis',
      reference: 'jwt-rotating',
      condition: { 'ms away': 2 * at },
      conclusion: conclusionsOf([[nine(it), nine(token[at] ?? NaN)]])[0],
    }))
    return scenario(cells, isDeclared ? { comparisons } : {})
  }

  it('cross where the declared comparisons say which is the upper one, on both sides', () => {
    const sentence = 'session-redis and jwt-rotating cross 1 ms away.'
    expect(crossingLines(twoLines([1, 3], [2, 2]))).toEqual([sentence])
    expect(crossingLines(twoLines([1, 3], [2, 2], false))).toEqual([])
    expect(crossingLines(twoLines([1, 2], [2, 2]))).toEqual([])
    // What can't be told in the middle is left out: the lines cross somewhere between the others.
    expect(crossingLines(twoLines([1, 2, 3], [2, 2, 2]))).toEqual([
      'session-redis and jwt-rotating cross 2 ms away.',
    ])
    expect(crossingLines(scenario([koa, slower]))).toEqual([])
  })
})

describe('a comparison of two results', () => {
  const before = result([scenario([slower, same])])
  const faster = cell('session-redis', { cpu: KOA })

  it('says what became of each figure', () => {
    const text = compareResults(before, result([scenario([faster, same])]))
    expect(text).toMatch(/session-redis .*100 \[.*50 \[.*0\.5 \[/)
    expect(text).not.toMatch(/no difference|Not the same/)
    expect(text).toContain('Nothing is concluded')
  })

  it('says what else was not the same', () => {
    const elsewhere = result([scenario([faster]), scenario([], { id: 'profile' })], {
      versions: { node: '24.0.0' },
      version: 1,
    })
    const text = compareResults(before, elsewhere)
    expect(text).toContain('Not the same machine:')
    expect(text).toContain('node 24.0.0')
    expect(text).toContain('Not the same way of measuring')
    expect(text).toContain('Only in B: profile')
  })
})
