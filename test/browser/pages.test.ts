import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { describe, expect, inject, test } from 'vitest'
import { runningSite } from './site.js'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

const PAGES = [
  '/',
  '/lab',
  '/token-lab',
  '/password-lab',
  '/results',
  '/contract/',
  '/contract/strategies',
  '/contract/lookups',
  '/course/',
  '/glossary',
  '/instructor',
  '/02-sessions/',
  '/22-measuring/',
  '/23-which-one/',
  '/24-tutorial-bugs/',
  '/contract/security',
  '/contract/faults',
  '/contract/instances',
  '/contract/cluster',
  '/contract/scale',
]

/** Buttons to press before a page is looked at, and what then shows that all is there. */
const USED: Readonly<Record<string, readonly [buttons: readonly string[], shown: string]>> = {
  '/lab?do=register,fly': [
    ['Play these steps', 'Who am I', 'Copy the credential', 'Thief: who am I', 'Stop Redis'],
    '.explanation li',
  ],
  '/token-lab?attack=weak-secret': [
    ['Forge this token', 'Try every word', 'Send it to the JWT server'],
    '.answer',
  ],
}

async function use(page: Page, [buttons, shown]: (typeof USED)[string]): Promise<void> {
  for (const name of buttons) {
    await page.locator('[aria-busy="false"]').waitFor()
    await page.getByRole('button', { name, exact: true }).click()
  }
  await page.locator('[aria-busy="false"]').waitFor()
  await page.locator(shown).first().waitFor()
}

/** The plots of `/results`, where there was a run. */
async function isDrawn(page: Page): Promise<void> {
  await page.locator('article').nth(1).waitFor()
  const hasRun = (await page.getByRole('navigation', { name: 'On this page' }).count()) > 0
  if (hasRun) await page.locator('.plot svg').first().waitFor()
}

async function seriousIn(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE })
  const { violations } = await page.evaluate<AxeResults>('axe.run()')
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

describe.skipIf(!inject('chromium'))('every page', () => {
  const site = runningSite()
  describe.each([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 390, height: 844 } }],
  ] as const)('%s', (_name, options) => {
    test.for([...PAGES, ...Object.keys(USED)])(
      '%s: nothing serious for axe, nothing from elsewhere',
      { timeout: 90_000 },
      async (path) => {
        await site.restore()
        const { page, strange } = await site.open(path, options)
        await page.locator('h1').first().waitFor()
        const used = USED[path]
        if (used) await use(page, used)
        if (path === '/results') await isDrawn(page)
        expect(await seriousIn(page)).toEqual([])
        expect(strange).toEqual([])
        await page.close()
      },
    )
  })

  test.for(PAGES)('%s fits a phone', async (path) => {
    const { page } = await site.open(path, { viewport: { width: 360, height: 740 } })
    await page.locator('h1').first().waitFor()
    const overflow = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    )
    expect(overflow).toBeLessThanOrEqual(0)
    await page.close()
  })
})
