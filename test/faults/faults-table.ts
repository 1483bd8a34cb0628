import { markdownTable } from 'markdown-table'
import type { Figure } from './figures.js'

/** What a run of the fault tests measured, and where. */
export interface FaultsRecord {
  /** The day, as in ISO 8601. */
  readonly measuredOn: string
  readonly machine: string
  readonly figures: readonly Figure[]
}

/** The record for people: a table for each fault, a strategy in each row. */
export function faultsMarkdown({ measuredOn, machine, figures }: FaultsRecord): string {
  const intro = `# Faults: what each strategy answers while something breaks

Measured by \`test/faults\` on ${measuredOn} (${machine}); \`npm run test:all -- test/faults -u\` writes this page
anew. Every run of the tests demands what the servers promise: 503 with \`Retry-After\` within a second, never
a wrong answer, everything back within two seconds, no acknowledged write lost, no refused write done later.
The milliseconds are those of one run on one machine.

Requests are sent by people of each strategy all the while: some need what is broken, some don't. A write is
acknowledged when it was answered with 2xx.`
  const faults = [...new Set(figures.map(({ fault }) => fault))]
  const tables = faults.map((fault) => {
    const rows = figures.filter((it) => it.fault === fault)
    return `## ${fault}\n\n${markdownTable([HEAD, ...rows.map(rowOf)])}`
  })
  return `${[intro, ...tables].join('\n\n')}\n`
}

const HEAD = [
  'strategy',
  'answers',
  'slowest refusal',
  'slowest of the others',
  'all back after',
  'writes acknowledged',
  'of these lost',
]

function rowOf(figure: Figure): string[] {
  return [
    `\`${figure.strategy}\``,
    Object.entries(figure.answers)
      .map(([status, count]) => `${count} × ${status}`)
      .join(', '),
    milliseconds(figure.slowestRefusalMs),
    milliseconds(figure.slowestServedMs),
    milliseconds(figure.backAfterMs),
    String(figure.acknowledged ?? '-'),
    String(figure.lost ?? '-'),
  ]
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? '-' : `${value} ms`
}
