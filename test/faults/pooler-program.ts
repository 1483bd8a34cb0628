import { findPoolerProgram, type ServerProgram } from '@session-vs-jwt/services'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The PgBouncer to run; null where none can be had, and tests that need it are skipped. */
    pooler: ServerProgram | null
  }
}

/** A PgBouncer that had to be unpacked is kept where `npm start` keeps its programs, for the next run. */
export default async function findPooler(project: TestProject): Promise<void> {
  const onProgress = (line: string): void => console.log(line)
  const found = await findPoolerProgram({ folder: '.workbench', onProgress })
  if (!found) console.log('Without PgBouncer, the outages of PostgreSQL behind it are skipped.')
  project.provide('pooler', found ?? null)
}
