import { appendFile } from 'node:fs/promises'
import { inject } from 'vitest'
import type { Answer } from './load.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the figures of a run are gathered, one JSON object a line. */
    faultFigures: string
  }
}

/** Requests by the status that they got; 0 stands for none. */
export type Statuses = Readonly<Record<string, number>>

/** The sections of the page. */
export type Section =
  | 'outage'
  | 'restart'
  | 'lost answers'
  | 'clock'
  | 'slow client'
  | 'flood'
  | 'stop'

/** What a fault did to the users of one strategy: a row of the page. Members that end in `Ms` are milliseconds. */
export interface Figure {
  readonly section: Section
  readonly fault: string
  readonly strategy: string
  readonly [column: string]: string | number | Statuses | readonly string[] | undefined
}

/** Keeps figures for the page, which is written where the run was asked to update what it shows. */
export async function record(figures: readonly Figure[]): Promise<void> {
  const lines = figures.map((it) => `${JSON.stringify(it, roundedMs)}\n`)
  await appendFile(inject('faultFigures'), lines.join(''))
}

function roundedMs(name: string, value: unknown): unknown {
  return name.endsWith('Ms') ? Math.round(value as number) : value
}

/** How a store that went and came back was felt. */
export interface OutageFigure {
  readonly fault: string
  readonly strategy: string
  /** From the end of the fault until everything worked again. */
  readonly backAfterMs: number | undefined
  /** Writes that were acknowledged before, while and after it, and those of them that were lost. */
  readonly acknowledged: number
  readonly lost: number | undefined
  /** By how much the machine was late by itself. */
  readonly lateMs: number
}

/** An outage, with the `answers` that came while it lasted; those of a strategy begin with its name. */
export async function recordOutages(
  section: Section,
  answers: readonly Answer[],
  figures: readonly OutageFigure[],
): Promise<void> {
  await record(
    figures.map(({ fault, strategy, ...rest }) => {
      const own = answers.filter(({ name }) => name.startsWith(`${strategy}: `))
      return {
        section,
        fault,
        strategy,
        answers: statusesOf(own),
        slowestRefusalMs: slowest(own.filter(({ status }) => status === 503)),
        slowestServedMs: slowest(own.filter(({ status }) => status !== 503)),
        ...rest,
        refused: [...new Set(own.filter(({ status }) => status === 503).map(kindOf))],
        served: [...new Set(own.filter(({ status }) => status !== 503).map(kindOf))],
      }
    }),
  )
}

/** "session-redis: new post" is of the kind "new post". */
function kindOf({ name }: Answer): string {
  return name.slice(name.indexOf(': ') + 2)
}

export function statusesOf(answers: readonly Pick<Answer, 'status'>[]): Statuses {
  const counts: Record<string, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

export function slowest(answers: readonly Pick<Answer, 'ms'>[]): number | undefined {
  return answers.length > 0 ? Math.max(...answers.map(({ ms }) => ms)) : undefined
}
