import { strategies } from '@session-vs-jwt/workbench'
import { markdownTable } from 'markdown-table'
import type { Figure, Statuses } from './figures.js'

/** Strategies against outages: the share of all kinds of requests that are still answered. */
export function summary(figures: readonly Figure[]): string[] {
  const outages = figures.filter(({ section }) => section === 'outage')
  const faults = [...new Set(outages.map(({ fault }) => fault))].toSorted()
  if (faults.length === 0) return []
  const rows = strategies.map(({ id }) => [
    `\`${id}\``,
    ...faults.map((fault) => {
      const figure = outages.find((it) => it.fault === fault && it.strategy === id)
      return figure ? stillServed(figure) : '-'
    }),
  ])
  return [
    '## What still works, in short',
    `Of all kinds of requests (register, log in, identify, read, write, renew, rotate, log out …), sent while
the store was broken, so many were answered as ever. All others got 503, and everything came back.`,
    markdownTable([['strategy', ...faults.map(shortened)], ...rows]),
  ]
}

function stillServed({ answers }: Figure): string {
  const counts = answers as Statuses
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const served = total - (counts['503'] ?? 0)
  return `${Math.round((100 * served) / total)} %`
}

/** "PostgreSQL busy: all connections …" is too long for the head of a column. */
function shortened(fault: string): string {
  return fault.split(':')[0] as string
}
