import { appendFile } from 'node:fs/promises'
import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the figures of a run are gathered, one JSON object a line. */
    clusterFigures: string
  }
}

export type Section = 'failover' | 'loss' | 'replica'

/** A row of docs/contract/cluster.md. */
export interface Figure {
  readonly section: Section
  readonly [column: string]: string | number | undefined
}

/** Keeps figures for the page, which is written where the run was asked to update what it shows. */
export async function record(
  section: Section,
  figures: readonly Omit<Figure, 'section'>[],
): Promise<void> {
  const lines = figures.map((it) => `${JSON.stringify({ section, ...it })}\n`)
  await appendFile(inject('clusterFigures'), lines.join(''))
}
