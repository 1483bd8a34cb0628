import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProvidedContext } from 'vitest'
import type { TestProject } from 'vitest/node'

/** What a run measured, and where. */
export interface Measured<Figure> {
  /** The day, as in ISO 8601. */
  readonly measuredOn: string
  readonly machine: string
  readonly figures: readonly Figure[]
}

/**
 * For a global set-up: gathers the figures that tests add, line by line, to the file that they are given
 * under `key`. What it returns hands them to `write` where the run was asked to update what it shows (`-u`).
 */
export async function gatherFigures<Figure>(
  project: TestProject,
  key: keyof ProvidedContext,
  write: (measured: Measured<Figure>) => Promise<void>,
): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-figures-'))
  const file = join(folder, 'figures.jsonl')
  await writeFile(file, '')
  project.provide(key, file)
  return async () => {
    const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean)
    await rm(folder, { recursive: true })
    if (project.config.snapshotOptions.updateSnapshot !== 'all') return
    const figures = lines.map((it) => JSON.parse(it) as Figure)
    await write({ ...measuredHere(), figures })
  }
}

/** Today, on this machine. */
export function measuredHere(): Omit<Measured<never>, 'figures'> {
  const [cpu] = cpus()
  return {
    measuredOn: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, Node.js ${process.version}`,
  }
}
