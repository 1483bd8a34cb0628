import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { repositoryFolder } from '../../src/folders.js'

const noted = join(repositoryFolder, 'docs', '.vitepress', 'dist', '.inputs')

it.skipIf(!existsSync(noted))(
  'the built site has noted its sources of every package, and of its workers (needs a built site)',
  () => {
    const files = readFileSync(noted, 'utf8').split('\n')
    expect(files).toEqual(
      expect.arrayContaining([
        'benchmarks/report/report.ts',
        'docs/.vitepress/theme/password-lab/attack-worker.ts',
        'docs/contract/scale.json',
        'packages/hash-lab/src/browser-attack.ts',
        'packages/http-contract/src/paths.ts',
        'packages/workbench/src/scale/need.ts',
      ]),
    )
    expect(
      files.filter((it) => /node_modules|^\.\.|\/test\/|workbench\/src\/main/.test(it)),
    ).toEqual([])
  },
)
