import { writeFile } from 'node:fs/promises'
import type { TestProject } from 'vitest/node'
import { gatherFigures, type Measured } from '../figures-page.js'
import { clusterMarkdown, sections } from './cluster-table.js'
import type { Figure } from './figures.js'

const FILE = 'docs/contract/cluster'

/** Gathers the figures of a run, and writes docs/contract/cluster with them where `-u` asks for it. */
export default async function gatherClusterFigures(
  project: TestProject,
): Promise<() => Promise<void>> {
  return gatherFigures(project, 'clusterFigures', writePage)
}

/** The figures of one run and no other; one that left tests out writes nothing. */
async function writePage(measured: Measured<Figure>): Promise<void> {
  const missing = sections.filter(
    ({ section }) => !measured.figures.some((it) => it.section === section),
  )
  if (missing.length > 0) {
    const titles = missing.map(({ title }) => title).join('; ')
    console.log(`${FILE}.md stays as it is: this run measured nothing of "${titles}".`)
    return
  }
  await writeFile(`${FILE}.json`, `${JSON.stringify(measured, undefined, 2)}\n`)
  await writeFile(`${FILE}.md`, clusterMarkdown(measured))
}
