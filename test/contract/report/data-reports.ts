import { failureLines } from '@session-vs-jwt/workbench'
import junit from 'junit-report-builder'
import { bySection, countsOf, type Report, seenIn, withAddress } from './report.js'

/** Its types speak of a default export; what it exports is that object itself. */
const builder = junit as unknown as typeof junit.default

/** The report for programs. */
export function jsonReport(report: Report): string {
  const { target, outcomes } = report
  const { passed, failed, 'not applicable': notApplicable } = countsOf(report)
  const rows = outcomes.map(({ row, ms, ...outcome }) => ({
    id: row.id,
    title: row.title,
    result: outcome.result,
    ms: Math.round(ms),
    read: row.read,
    ...(outcome.result === 'failed' && { failure: outcome.failure }),
    ...(outcome.result === 'not applicable' && { reason: outcome.reason }),
  }))
  const document = {
    ok: failed === 0,
    url: target.url,
    credential: target.server === 'session' ? 'cookie' : 'bearer',
    heldTo: target.strategies.map(({ id }) => id),
    summary: { passed, failed, notApplicable },
    seen: seenIn(report),
    rows,
  }
  return JSON.stringify(document, null, 2)
}

/** The report in the XML of JUnit, as CI servers read it. */
export function junitReport({ target, outcomes }: Report): string {
  const report = builder.newBuilder().name(`contract of ${target.url}`)
  for (const [section, rows] of bySection(outcomes)) {
    const suite = report.testSuite().name(section)
    for (const outcome of rows) {
      const { row, ms } = outcome
      const test = suite.testCase().className(section).name(`${row.id}: ${row.title}`)
      test.time(Math.round(ms) / 1000)
      if (outcome.result === 'not applicable') test.skipped().standardOutput(outcome.reason)
      if (outcome.result === 'failed') {
        const read = row.read.map((it) => `    read:     ${withAddress(it)}`)
        test.failure([failureLines(outcome.failure), ...read].join('\n'))
      }
    }
  }
  return report.build()
}
