import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { faultsMarkdown, type FaultsRecord } from './faults-table.js'

const FOLDER = '../../docs/contract'

test('the page shows what was recorded, and nothing else', async () => {
  const json = await readFile(new URL(`${FOLDER}/faults.json`, import.meta.url), 'utf8')
  const record = JSON.parse(json) as FaultsRecord
  await expect(faultsMarkdown(record)).toMatchFileSnapshot(`${FOLDER}/faults.md`)
})
