import { describe, expect, it } from 'vitest'
import { compareResults } from '../report/compare-results.js'
import { apart } from '../report/apart.js'
import { crossing, crossingLines } from '../report/crossings.js'
import { htmlReport } from '../report/html.js'
import { markdownReport } from '../report/markdown.js'
import { terminalSection } from '../report/terminal-table.js'
import { cell, result, scenario } from './results.js'

const koa = cell('bare-koa', { cpu: [50, 52, 48, 51, 49], throughput: [9, 9, 9, 9, 9] })
const slower = cell('session-redis', { cpu: [100, 104, 96, 102, 98], throughput: [4, 4, 4, 4, 4] })
const same = cell('jwt-rotating', { cpu: [49, 53, 50, 50, 48], throughput: [9, 9, 9, 9, 9] })

describe('the table of a scenario', () => {
  it('says how many times as much, and where no difference was seen', () => {
    const text = terminalSection(scenario([koa, slower, same]))
    expect(text).toMatch(/session-redis .* 100 \[9\d–10\d\] .* 2\.00 \[2\.00–2\.00\]/)
    expect(text).toMatch(/jwt-rotating .* no difference seen/)
  })

  it('marks what was measured at the ceiling of the load generator', () => {
    const text = terminalSection(scenario([koa, { ...slower, atCeiling: 1 }]))
    expect(text).toMatch(/session-redis .*\^/)
    expect(text).toContain('^ at the load generator’s ceiling')
    expect(terminalSection(scenario([koa]))).not.toContain('^')
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
    result([scenario([koa, slower, same])], { missing: ['profile: 2 of 5 rounds (stopped)'] }),
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
  it('cross where the lower becomes the upper', () => {
    const rising = [0, 1, 2].map((x) => ({ x, y: x * 2 }))
    const flat = [0, 1, 2].map((x) => ({ x, y: 1 }))
    expect(crossing(rising, flat)?.x).toBeCloseTo(0.5)
    expect(crossing(flat, rising)?.x).toBeCloseTo(0.5)
    expect(crossing(flat, flat)).toBeUndefined()
  })

  it('are those of a session and a token', () => {
    const away = (subject: string, ms: number, p50: number) =>
      cell(subject, { cpu: [p50] }, { condition: { 'ms away': ms } })
    const cells = [
      away('session-redis', 0, 1),
      away('session-redis', 2, 3),
      away('jwt-rotating', 0, 2),
      away('jwt-rotating', 2, 2),
    ]
    expect(crossingLines(scenario(cells))).toEqual([
      'session-redis and jwt-rotating cross 1 ms away.',
    ])
    expect(crossingLines(scenario([koa, slower]))).toEqual([])
  })
})

describe('a comparison of two results', () => {
  const before = result([scenario([slower, same])])
  const faster = cell('session-redis', { cpu: [50, 51, 49, 52, 48] })

  it('says what became of each figure', () => {
    const text = compareResults(before, result([scenario([faster, same])]))
    expect(text).toMatch(/session-redis .*100 \[.*50 \[.*0\.50 \[/)
    expect(text).toMatch(/jwt-rotating .*no difference seen/)
    expect(text).not.toContain('Not the same')
  })

  it('says what else was not the same', () => {
    const elsewhere = result([scenario([faster]), scenario([], { id: 'profile' })], {
      versions: { node: '24.0.0' },
    })
    const text = compareResults(before, elsewhere)
    expect(text).toContain('Not the same machine:')
    expect(text).toContain('node 24.0.0')
    expect(text).toContain('Only in B: profile')
  })
})
