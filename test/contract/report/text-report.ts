import { failureLines, strategies } from '@session-vs-jwt/workbench'
import { sectionOf } from '../suite/row.js'
import type { Outcome } from '../suite/run-rows.js'
import { namesOf, type Target } from '../suite/target.js'
import { countsOf, type Report, seenIn, withAddress } from './report.js'

const SIGNS = { passed: '✓', failed: '✗' } as const

/** The report for people, line by line as the rows are run. */
export class TextReport {
  readonly #print: (line: string) => void
  #section = ''
  #hasToldSetup = false

  constructor(print: (line: string) => void) {
    this.#print = print
  }

  begin({ url, server, strategies: held }: Target): void {
    const credential = server === 'session' ? 'a cookie' : 'tokens'
    this.#print(`${url}, a server that hands out ${credential};`)
    this.#print(`it is held to the promises of ${namesOf(held)}.`)
  }

  /** Rows that do not apply are told at the end. */
  outcome(outcome: Outcome): void {
    if (outcome.result === 'not applicable') return
    const section = sectionOf(outcome.row)
    if (section !== this.#section) this.#print(`\n${section}`)
    this.#section = section
    const { id, title } = outcome.row
    this.#print(`  ${SIGNS[outcome.result]} ${id.slice(section.length + 1)}: ${title}`)
    if (outcome.result === 'failed') this.#failure(outcome)
  }

  end(report: Report): void {
    this.#notApplicable(report)
    this.#seen(report)
    const { passed, failed, 'not applicable': rest } = countsOf(report)
    this.#print(`\n${passed} passed, ${failed} failed, ${rest} not applicable`)
  }

  #failure({ row, failure, isSetup }: Outcome & { result: 'failed' }): void {
    if (isSetup && this.#hasToldSetup) {
      this.#print('    for want of what failed above')
      return
    }
    this.#hasToldSetup ||= isSetup
    this.#print(failureLines(failure))
    for (const source of row.read) this.#print(`    read:     ${withAddress(source)}`)
  }

  #notApplicable({ outcomes }: Report): void {
    const reasons = new Map<string, string[]>()
    for (const outcome of outcomes) {
      if (outcome.result !== 'not applicable') continue
      const { reason, row } = outcome
      reasons.set(reason, [...(reasons.get(reason) ?? []), row.id])
    }
    if (reasons.size > 0) this.#print('\nnot applicable')
    for (const [reason, ids] of reasons) this.#print(`  – ${reason}:\n      ${ids.join(', ')}`)
  }

  #seen(report: Report): void {
    const seen = Object.entries(seenIn(report))
    if (seen.length === 0) return
    this.#print('\nseen, where strategies differ')
    for (const [what, value] of seen) this.#print(`  ${what}: ${JSON.stringify(value)}`)
    const { server } = report.target
    const alike = strategies.filter(
      (it) =>
        it.server === server &&
        seen.every(([what, value]) => it.promises[what as keyof typeof it.promises] === value),
    )
    if (alike.length > 0) this.#print(`  as ${namesOf(alike)}`)
  }
}
