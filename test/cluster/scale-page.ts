import { readFile, writeFile } from 'node:fs/promises'
import type { Kept, ScaleRecord, StoreCost, StrategyFacts } from '@session-vs-jwt/workbench/scale'
import type { TestProject } from 'vitest/node'
import { gatherFigures } from '../figures-page.js'
import { scaleMarkdown } from '../scale/scale-table.js'
import type { Figure } from './figures.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where what a login takes is gathered, one JSON object a line. */
    scaleFigures: string
  }
}

const FOLDER = 'docs/contract'
const RECORD = `${FOLDER}/scale.json`
type Line = StoreCost & { readonly kept: Kept }
const PLACES = 4

/**
 * Gathers what logins take, and writes docs/contract/scale with it where `-u` asks for it. The page shows a figure
 * of cluster.json too, so it is written even if nothing was measured for it, and after that file.
 */
export default async function gatherScale(project: TestProject): Promise<() => Promise<void>> {
  return gatherFigures<Line>(project, 'scaleFigures', async ({ figures, ...where }) => {
    if (figures.length === PLACES) {
      const costs = Object.fromEntries(figures.map(({ kept, ...cost }) => [kept, cost]))
      await writeFile(RECORD, `${JSON.stringify({ ...where, costs }, undefined, 2)}\n`)
    }
    const record = JSON.parse(await readFile(RECORD, 'utf8')) as ScaleRecord
    const { facts, failovers } = await readStrategies()
    await writeFile(`${FOLDER}/scale.md`, scaleMarkdown(record, facts, failovers))
  })
}

/** What other tests have found, and the page goes on from. */
export async function readStrategies(): Promise<{ facts: StrategyFacts[]; failovers: string }> {
  const { strategies } = JSON.parse(await readFile(`${FOLDER}/strategies.json`, 'utf8'))
  const { figures } = JSON.parse(await readFile(`${FOLDER}/cluster.json`, 'utf8'))
  return { facts: strategies, failovers: failoverOf(figures) }
}

function failoverOf(figures: readonly Figure[]): string {
  const found = figures.filter(({ fault }) => fault === 'cluster, a master killed')
  const most = (name: string): number => Math.max(...found.map((it) => Number(it[name])))
  const seconds = (most('promotedAfterMs') / 1_000).toFixed(1)
  return (
    `its users were answered\n  503 for ${seconds} s in our tests (with a \`cluster-node-timeout\` of 2 s), and lose what the replica had not heard of\n` +
    '  ([failover](cluster.md)).'
  )
}
