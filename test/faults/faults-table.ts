import { markdownTable } from 'markdown-table'
import { matrix } from '../contract/matrix.js'
import type { Measured } from '../figures-page.js'
import type { Figure, Statuses } from './figures.js'
import { sections } from './sections.js'
import { summary } from './summary.js'

/** The record for people: a section for each kind of fault, a table for each fault, a strategy in each row. */
export function faultsMarkdown(record: Measured<Figure>): string {
  const { figures } = record
  const parts = sections.flatMap(({ section, title, text, columns }) => {
    const own = figures.filter((it) => it.section === section)
    if (own.length === 0) return []
    const faults = [...new Set(own.map(({ fault }) => fault))].toSorted()
    const tables = faults.map((fault) => {
      const rows = inOrder(own.filter((it) => it.fault === fault))
      return `### ${fault}\n\n${table(columns, rows)}`
    })
    return [`## ${title}`, text, ...tables]
  })
  return `${[intro(record), ...summary(figures), ...parts].join('\n\n')}\n`
}

function intro({ measuredOn, machine, figures }: Measured<Figure>): string {
  return `# Faults: what each strategy answers while something breaks

Measured by \`test/faults\` on ${measuredOn} (${machine});
\`npm run test:all -- test/faults -u\` writes this page anew. The promises are tests, and hold in every run: 503
with \`Retry-After\` within a second, never a wrong answer, everything back within two seconds, no acknowledged
write lost, no refused write done later. Where a promise cannot be kept, the section says so.

The milliseconds are those of one run on one machine. Where it is busy with other things, time limits are counted
beyond what it is late by itself; requests that need nothing are sent all the while, and tell${late(figures)}.`
}

function late(figures: readonly Figure[]): string {
  const lates = figures.flatMap(({ lateMs }) => (typeof lateMs === 'number' ? lateMs : []))
  return lates.length > 0 ? `: up to ${Math.max(...lates)} ms in this run` : ''
}

function table(columns: Readonly<Record<string, string>>, rows: readonly Figure[]): string {
  const names = Object.keys(columns)
  const cells = rows.map((row) => [`\`${row.strategy}\``, ...names.map((it) => cell(it, row[it]))])
  return markdownTable([['strategy', ...Object.values(columns)], ...cells])
}

function cell(name: string, value: Figure[string]): string {
  if (value === undefined) return '-'
  if (typeof value === 'object') return statuses(value as Statuses)
  return name.endsWith('Ms') ? `${value} ms` : String(value)
}

function statuses(counts: Statuses): string {
  const parts = Object.entries(counts).map(
    ([status, count]) => `${count} × ${status === '0' ? 'no answer' : status}`,
  )
  return parts.join(', ') || '-'
}

function inOrder(rows: readonly Figure[]): Figure[] {
  const place = ({ strategy }: Figure): number => matrix.findIndex(([label]) => label === strategy)
  return rows.toSorted((a, b) => place(a) - place(b))
}
