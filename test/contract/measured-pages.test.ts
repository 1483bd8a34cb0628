import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { clusterMarkdown } from '../cluster/cluster-table.js'
import { instancesMarkdown } from '../instances/instances-page.js'

const FOLDER = '../../docs/contract'

// What a run of minutes has measured is written with `-u` alone; whether the page says it is quickly seen.
test.each([
  ['cluster', clusterMarkdown],
  ['instances', instancesMarkdown],
])('docs/contract/%s.md shows what was recorded, and nothing else', async (name, markdown) => {
  const json = await readFile(new URL(`${FOLDER}/${name}.json`, import.meta.url), 'utf8')
  await expect(markdown(JSON.parse(json))).toMatchFileSnapshot(`${FOLDER}/${name}.md`)
})
