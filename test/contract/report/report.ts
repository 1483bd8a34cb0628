import type { Promises } from '@session-vs-jwt/workbench'
import { type Row, sectionOf } from '../suite/row.js'
import type { Outcome } from '../suite/run-rows.js'
import type { Target } from '../suite/target.js'

/** A run of the suite against one server. */
export interface Report {
  readonly target: Target
  readonly outcomes: readonly Outcome[]
}

/** How many rows came out how. */
export function countsOf({ outcomes }: Report): Record<Outcome['result'], number> {
  const count = (result: Outcome['result']): number =>
    outcomes.filter((it) => it.result === result).length
  return {
    passed: count('passed'),
    failed: count('failed'),
    'not applicable': count('not applicable'),
  }
}

/** Everything that the server was seen to do where strategies differ. */
export function seenIn({ outcomes }: Report): Partial<Promises> {
  return Object.assign({}, ...outcomes.map(({ seen }) => seen)) as Partial<Promises>
}

/** The outcomes of each section, in the order of the rows. */
export function bySection(outcomes: readonly Outcome[]): Map<string, Outcome[]> {
  const sections = new Map<string, Outcome[]>()
  for (const outcome of outcomes) {
    const section = sectionOf(outcome.row)
    sections.set(section, [...(sections.get(section) ?? []), outcome])
  }
  return sections
}

/** A source with its address, where it has one that can be told from its name. */
export function withAddress(source: Row['read'][number]): string {
  const [, rfc, section] = /^RFC (\d+)(?:, section ([\d.]+))?/.exec(source) ?? []
  if (rfc !== undefined) {
    const anchor = section === undefined ? '' : `#section-${section}`
    return `${source} <https://www.rfc-editor.org/rfc/rfc${rfc}${anchor}>`
  }
  const [, cwe] = /^CWE-(\d+)/.exec(source) ?? []
  if (cwe !== undefined) {
    return `${source} <https://cwe.mitre.org/data/definitions/${cwe}.html>`
  }
  return source
}
