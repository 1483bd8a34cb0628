import { writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vitepress'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const files = new Set<string>()

/** Notes every file of this clone that becomes part of the site, in the pages' bundle or in a worker's. */
export function siteInputs(): Plugin {
  return {
    name: 'site-inputs',
    moduleParsed({ id }) {
      const path = relative(ROOT, id.replace(/\?.*$/, ''))
      const isOurs = !/^\.\.|\0/.test(path) && !path.split(sep).includes('node_modules')
      if (isOurs) files.add(path)
    },
  }
}

/** Lists them beside the built site: a start builds again when one of them has changed. */
export function writeSiteInputs(outDir: string): void {
  writeFileSync(join(outDir, '.inputs'), `${[...files].toSorted().join('\n')}\n`)
}
