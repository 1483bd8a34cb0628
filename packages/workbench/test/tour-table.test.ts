import { describe, expect, it } from 'vitest'
import type { StopResult } from '../src/tour/run-tour.js'
import { tourReport } from '../src/tour/tour-report.js'
import { tourTable } from '../src/tour/tour-table.js'

const costs = { sql: 2, redis: 14, hashMs: 1212.44, signMs: 0.512, totalMs: 1300 }
const step = {
  step: 'replay the spent one',
  status: 401,
  costs,
  sentBytes: 12_345,
  receivedBytes: 12_345,
}

const session: StopResult = {
  stop: { server: 'session', url: 'http://127.0.0.1:3001', strategy: 'session-postgres' },
  steps: [step, { ...step, step: 'log out', status: 204 }],
}
const jwt: StopResult = {
  stop: { server: 'jwt', url: 'http://127.0.0.1:3002', strategy: 'jwt-user-lookup' },
  steps: [step, { step: 'log out', status: 500, sentBytes: 1, receivedBytes: 2 }],
}

function widthOf(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length))
}

describe('the table', () => {
  it('fits 110 columns side by side', () => {
    const table = tourTable([session, jwt], 110)
    expect(widthOf(table)).toBeLessThanOrEqual(110)
    expect(table).toMatch(/session server · session-postgres +JWT server · jwt-user-lookup/)
  })

  it('is stacked where there is less room', () => {
    const table = tourTable([session, jwt], 80)
    expect(widthOf(table)).toBeLessThanOrEqual(80)
    expect(table.match(/^step /gm)).toHaveLength(2)
  })

  it('adds up, and marks what the server does not say', () => {
    const lines = tourTable([jwt], 80).split('\n')
    expect(lines.at(-3)).toMatch(/^log out +500 +– +– +– +– +1 +2$/)
    expect(lines.at(-1)).toMatch(/^total +2 +14 +1212 +0.51 +12346 +12347$/)
  })
})

describe('a failed step', () => {
  const failure = { sent: 'POST /auth/logout', came: '500 oops', expected: 'status 204' }
  const failed: StopResult = { ...jwt, steps: [step, { step: 'log out', status: 500, failure }] }

  it('is said in full, and the rest is shown', () => {
    const report = tourReport([session, failed], 110)
    expect(report).toContain('✗ JWT server, step "log out":')
    expect(report).toMatch(/sent: +POST \/auth\/logout\n +came: +500 oops\n +expected: status 204/)
    expect(report).toContain('500 ✗')
    expect(report).not.toContain('Every step gave')
  })
})
