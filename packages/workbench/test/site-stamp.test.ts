import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

interface SiteStamp {
  isSiteCurrent: (root: string, installation: string) => boolean
  stampSite: (root: string, installation: string, startedAt: number) => void
}

const program = new URL('../site-stamp.mjs', import.meta.url).href
const { isSiteCurrent, stampSite } = (await import(program)) as SiteStamp

const INSTALLATION = 'lock file, Node.js'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'workbench-site-'))
  const files = [
    'docs/index.md',
    'docs/01-first/README.md',
    'docs/public/mark.svg',
    'docs/.vitepress/config.ts',
    'docs/.vitepress/theme/Page.vue',
    'packages/workbench/src/scale/need.ts',
    'packages/workbench/src/workbench.ts',
  ]
  for (const file of files) write(file, 'first')
  // As the build leaves them.
  const noted = ['docs/.vitepress/theme/Page.vue', 'packages/workbench/src/scale/need.ts']
  write('docs/.vitepress/dist/.inputs', `${noted.join('\n')}\n`)
  stampSite(root, INSTALLATION, Date.now() + 1_000)
})

afterEach(() => rmSync(root, { recursive: true }))

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}

const isCurrent = (): boolean => isSiteCurrent(root, INSTALLATION)

test('a site is current until something changes', () => {
  expect(isCurrent()).toBe(true)
  expect(isSiteCurrent(root, 'another lock file')).toBe(false)
})

describe('a site is built again after a change of', () => {
  test.each([
    'docs/index.md',
    'docs/01-first/README.md',
    'docs/public/mark.svg',
    'docs/.vitepress/config.ts',
    'docs/.vitepress/theme/Page.vue',
    'packages/workbench/src/scale/need.ts',
  ])('%s', (file) => {
    appendFileSync(join(root, file), 'second')
    expect(isCurrent()).toBe(false)
    rmSync(join(root, file))
    expect(isCurrent()).toBe(false)
  })

  test.each(['docs/02-second/README.md', 'docs/public/new.svg', 'docs/.vitepress/new.ts'])(
    '%s, which is new',
    (file) => {
      write(file, 'new')
      expect(isCurrent()).toBe(false)
    },
  )
})

describe('a site is not built again after a change of', () => {
  test.each([
    'packages/workbench/src/workbench.ts',
    'docs/.vitepress/config.ts.timestamp-1764446400000-0123456789abc.mjs',
    'docs/.vitepress/cache/deps.json',
    'docs/.vitepress/dist/assets/page.js',
    'docs/node_modules/vue/README.md',
    'docs/01-first/.README.md.swp',
    'docs/01-first/README.md~',
    'docs/01-first/.#README.md',
    'docs/01-first/verify.mjs',
  ])('%s', (file) => {
    write(file, 'second')
    expect(isCurrent()).toBe(true)
  })
})

test('a site whose build was interrupted has no stamp, and one more build is enough', () => {
  // A build empties the folder first.
  rmSync(join(root, 'docs/.vitepress/dist'), { recursive: true })
  write('docs/.vitepress/config.ts.timestamp-1764446400000-0123456789abc.mjs', '')
  expect(isCurrent()).toBe(false)
  write('docs/.vitepress/dist/.inputs', 'packages/workbench/src/scale/need.ts\n')
  expect(isCurrent()).toBe(false)
  stampSite(root, INSTALLATION, Date.now() + 1_000)
  expect(isCurrent()).toBe(true)
  rmSync(join(root, 'docs/.vitepress/config.ts.timestamp-1764446400000-0123456789abc.mjs'))
  expect(isCurrent()).toBe(true)
})

test('a page that was edited during the build is built again', () => {
  const startedAt = Date.now() - 60_000
  rmSync(join(root, 'docs/.vitepress/dist/.stamp'))
  appendFileSync(join(root, 'docs/index.md'), 'second')
  stampSite(root, INSTALLATION, startedAt)
  expect(isCurrent()).toBe(false)
})
