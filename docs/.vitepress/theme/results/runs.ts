import type { Result } from '@session-vs-jwt/benchmarks/report'
import type { LatestResult } from '@session-vs-jwt/workbench'

/** The formats that this page reads; results of another one may mean something else. */
const VERSIONS: readonly unknown[] = [1, 2] satisfies Result['version'][]

/** A run of the benchmarks, or why there is none to show. */
export interface Run {
  readonly id: 'recorded' | 'own'
  readonly name: string
  /** From the clone's root. */
  readonly folder: string
  readonly result?: Result
  /** What is the matter, and what to do. */
  readonly problem?: string
  /** There is none, which is no fault. */
  readonly isMissing?: boolean
}

const RECORDED = 'benchmarks/results/recorded'

/** The run that the course speaks of. */
export async function recordedRun(): Promise<Run> {
  const run = { id: 'recorded', name: 'Recorded run', folder: RECORDED } as const
  const answer = await fetch(`/source/${RECORDED}/result.json`).catch(() => undefined)
  if (answer?.status === 404) return { ...run, isMissing: true }
  if (!answer?.ok) return { ...run, problem: NO_ANSWER }
  return { ...run, ...checked(await answer.json().catch(() => undefined)) }
}

/** The newest run that the reader has made in this clone. */
export async function ownRun(): Promise<Run> {
  const run = { id: 'own', name: 'Your latest run', folder: '' } as const
  const answer = await fetch('/workbench/results').catch(() => undefined)
  if (!answer?.ok) return { ...run, problem: NO_ANSWER }
  const { folder, result, problem } = (await answer.json()) as LatestResult
  if (folder === undefined) return { ...run, isMissing: true }
  if (problem !== undefined) {
    return { ...run, folder, problem: `${problem}. Measure again with npm run bench.` }
  }
  return { ...run, folder, ...checked(result) }
}

const NO_ANSWER =
  'The workbench does not answer. Is npm start still running? Then reload this page.'

function checked(json: unknown): Pick<Run, 'result' | 'problem'> {
  const version = (json as Partial<Result> | undefined)?.version
  if (VERSIONS.includes(version)) return { result: json as Result }
  return {
    problem: `This result is of version ${String(version)}, and this page reads versions ${VERSIONS.join(' and ')}. Measure again with npm run bench.`,
  }
}
