import { writeFile } from 'node:fs/promises'
import type { TestProject } from 'vitest/node'
import { gatherFigures, type Measured } from '../figures-page.js'
import { faultsMarkdown } from './faults-table.js'
import type { Figure } from './figures.js'
import { sections } from './sections.js'

const FILE = 'docs/contract/faults'

/** Gathers the figures of a run, and writes docs/contract/faults with them where `-u` asks for it. */
export default async function gatherFaults(project: TestProject): Promise<() => Promise<void>> {
  return gatherFigures(project, 'faultFigures', writePage)
}

/** The figures of one run and no other; one that left tests out writes nothing. */
async function writePage(measured: Measured<Figure>): Promise<void> {
  const { figures } = measured
  const missing = sections.filter((it) => !figures.some(({ section }) => section === it.section))
  if (missing.length > 0) {
    const titles = missing.map(({ title }) => title).join('; ')
    console.log(`${FILE}.md stays as it is: this run measured nothing of "${titles}".`)
    return
  }
  const ordered = figures.toSorted((a, b) => keyOf(a).localeCompare(keyOf(b)))
  const faults = { ...measured, figures: ordered }
  await writeFile(`${FILE}.json`, `${JSON.stringify(faults, undefined, 2)}\n`)
  await writeFile(`${FILE}.md`, faultsMarkdown(faults))
}

const keyOf = ({ section, fault, strategy }: Figure): string => `${section} ${fault} ${strategy}`
