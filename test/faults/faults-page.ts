import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { faultsMarkdown, type FaultsRecord } from './faults-table.js'
import type { Figure } from './figures.js'
import { sections } from './sections.js'

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
    if (isAsked) await writePage(lines.map((it) => JSON.parse(it) as Figure))
  }
}

/** The figures of one run and no other; one that left tests out writes nothing. */
async function writePage(measured: readonly Figure[]): Promise<void> {
  const missing = sections.filter((it) => !measured.some(({ section }) => section === it.section))
  if (missing.length > 0) {
    const titles = missing.map(({ title }) => title).join('; ')
    console.log(`${FILE}.md stays as it is: this run measured nothing of "${titles}".`)
    return
  }
  const [cpu] = cpus()
  const faults: FaultsRecord = {
    measuredOn: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, Node.js ${process.version}`,
    figures: measured.toSorted((a, b) => keyOf(a).localeCompare(keyOf(b))),
  }
  await writeFile(`${FILE}.json`, `${JSON.stringify(faults, undefined, 2)}\n`)
  await writeFile(`${FILE}.md`, faultsMarkdown(faults))
}

const keyOf = ({ section, fault, strategy }: Figure): string => `${section} ${fault} ${strategy}`
