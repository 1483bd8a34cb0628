import { appendFile } from 'node:fs/promises'
import { inject } from 'vitest'
import type { Answer } from './load.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the figures of a run are gathered, one JSON object a line. */
    faultFigures: string
  }
}

/** What a fault did to the users of one strategy: a row of docs/contract/faults.md. */
export interface Figure {
  readonly fault: string
  readonly strategy: string
  /** Requests while it lasted, by the status that they got. */
  readonly answers: Readonly<Record<string, number>>
  /** Milliseconds that the slowest refusal took, and the slowest of the others. */
  readonly slowestRefusalMs?: number | undefined
  readonly slowestServedMs?: number | undefined
  /** Milliseconds from the end of the fault until everything worked again. */
  readonly backAfterMs?: number | undefined
  /** Writes that were acknowledged while it came, lasted and went, and those that were lost. */
  readonly acknowledged: number
  readonly lost?: number | undefined
}

type Told = Pick<Figure, 'fault' | 'strategy' | 'backAfterMs' | 'acknowledged' | 'lost'>

/** The figure of a strategy, whose answers are those that begin with its name. */
export function figureOf(answers: readonly Answer[], told: Told): Figure {
  const own = answers.filter(({ name }) => name.startsWith(`${told.strategy} `))
  const counts: Record<string, number> = {}
  for (const { status } of own) counts[status] = (counts[status] ?? 0) + 1
  const slowest = (among: readonly Answer[]): number | undefined =>
    among.length > 0 ? Math.round(Math.max(...among.map(({ ms }) => ms))) : undefined
  return {
    ...told,
    backAfterMs: told.backAfterMs === undefined ? undefined : Math.round(told.backAfterMs),
    answers: counts,
    slowestRefusalMs: slowest(own.filter(({ status }) => status === 503)),
    slowestServedMs: slowest(own.filter(({ status }) => status !== 503)),
  }
}

/** Keeps figures for the page, which is written where the run was asked to update what it shows. */
export async function record(figures: readonly Figure[]): Promise<void> {
  const lines = figures.map((it) => `${JSON.stringify(it)}\n`)
  await appendFile(inject('faultFigures'), lines.join(''))
}
