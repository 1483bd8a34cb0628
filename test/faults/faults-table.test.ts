import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Measured } from '../figures-page.js'
import { faultsMarkdown } from './faults-table.js'
import type { Figure } from './figures.js'

const FOLDER = '../../docs/contract'

test('the page shows what was recorded, and nothing else', async () => {
  const json = await readFile(new URL(`${FOLDER}/faults.json`, import.meta.url), 'utf8')
  const record = JSON.parse(json) as Measured<Figure>
  await expect(faultsMarkdown(record)).toMatchFileSnapshot(`${FOLDER}/faults.md`)
})
