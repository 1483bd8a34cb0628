import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { faultsMarkdown, type FaultsRecord } from './faults-table.js'
import type { Figure } from './figures.js'

const FILE = 'docs/contract/faults'

/** Gathers the figures of a run, and writes docs/contract/faults with them where `-u` asks for it. */
export default async function gatherFigures(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-figures-'))
  const file = join(folder, 'figures.jsonl')
  await writeFile(file, '')
  project.provide('faultFigures', file)
  return async () => {
    const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean)
    await rm(folder, { recursive: true })
    const isAsked = project.config.snapshotOptions.updateSnapshot === 'all'
    if (isAsked && lines.length > 0) await writePage(lines.map((it) => JSON.parse(it) as Figure))
  }
}

async function writePage(figures: readonly Figure[]): Promise<void> {
  const [cpu] = cpus()
  const faults: FaultsRecord = {
    measuredOn: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, Node.js ${process.version}`,
    figures: figures.toSorted((a, b) => a.fault.localeCompare(b.fault)),
  }
  await writeFile(`${FILE}.json`, `${JSON.stringify(faults, undefined, 2)}\n`)
  await writeFile(`${FILE}.md`, faultsMarkdown(faults))
}
