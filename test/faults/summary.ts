import { markdownTable } from 'markdown-table'
import { matrix } from '../contract/matrix.js'
import type { Figure, Statuses } from './figures.js'

/** What an outage leaves: the share of requests for each strategy, and then which. */
export function summary(figures: readonly Figure[]): string[] {
  return [...sharesServed(figures), ...kindsServed(figures)]
}

function sharesServed(figures: readonly Figure[]): string[] {
  const outages = figures.filter(({ section }) => section === 'outage')
  const faults = [...new Set(outages.map(({ fault }) => fault))].toSorted()
  if (faults.length === 0) return []
  const rows = labelsIn(outages).map((label) => [
    `\`${label}\``,
    ...faults.map((fault) => {
      const figure = outages.find((it) => it.fault === fault && it.strategy === label)
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

/** Whoever asks a store that is away is refused, however it went away: one table for each store. */
function kindsServed(figures: readonly Figure[]): string[] {
  return ['Redis', 'PostgreSQL'].flatMap((store) => {
    const rows = figures.filter(({ fault }) => fault === `${store} killed`)
    const labels = labelsIn(rows)
    const own = labels.map((label) => rows.find(({ strategy }) => strategy === label) as Figure)
    const kinds = new Set(own.flatMap((it) => [...listOf(it, 'served'), ...listOf(it, 'refused')]))
    if (kinds.size === 0) return []
    const lines = [...kinds].toSorted().map((kind) => [
      kind,
      ...own.map((it) => {
        if (listOf(it, 'refused').includes(kind)) return '503'
        return listOf(it, 'served').includes(kind) ? 'served' : '-'
      }),
    ])
    const head = ['request', ...labels.map((label) => `\`${label}\``)]
    return [`### Without ${store}, request by request`, markdownTable([head, ...lines])]
  })
}

/** Those that were measured, in the order of the matrix. */
function labelsIn(figures: readonly Figure[]): readonly string[] {
  const measured = new Set(figures.map(({ strategy }) => strategy))
  return matrix.map(([label]) => label).filter((label) => measured.has(label))
}

function listOf(figure: Figure, name: 'served' | 'refused'): readonly string[] {
  return figure[name] as readonly string[]
}

/** "PostgreSQL busy: all connections …" is too long for the head of a column. */
function shortened(fault: string): string {
  return fault.split(':')[0] as string
}
