import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryFolder } from '../folders.js'

/** What the newest run of `npm run bench` in this clone has left. */
export interface LatestResult {
  /** From the clone's root, such as `benchmarks/results/2026-11-25T20-00-00`. */
  readonly folder?: string
  /** Its `result.json`, as it lies there: the benchmarks say what is in it. */
  readonly result?: object
  /** Why there is a folder and no result. */
  readonly problem?: string
}

const RESULTS = join('benchmarks', 'results')
/** Runs of the course, which are kept in the repository: none is the reader's own. */
const RECORDED = /^recorded(-|$)/

/** Looks anew each time: a run may have ended since. Empty where nobody has measured yet. */
export function latestResult(root: string = repositoryFolder): LatestResult {
  const [newest] = resultFiles(join(root, RESULTS)).toSorted((a, b) => b.writtenAt - a.writtenAt)
  if (!newest) return {}
  const folder = join(RESULTS, newest.name)
  try {
    return { folder, result: JSON.parse(readFileSync(newest.file, 'utf8')) as object }
  } catch (error) {
    return { folder, problem: `result.json could not be read: ${(error as Error).message}` }
  }
}

interface ResultFile {
  readonly name: string
  readonly file: string
  readonly writtenAt: number
}

function resultFiles(folder: string): ResultFile[] {
  return namesIn(folder).flatMap((name) => {
    const file = join(folder, name, 'result.json')
    const stats = statSync(file, { throwIfNoEntry: false })
    return stats && !RECORDED.test(name) ? [{ name, file, writtenAt: stats.mtimeMs }] : []
  })
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // Nobody has measured here.
    return []
  }
}
