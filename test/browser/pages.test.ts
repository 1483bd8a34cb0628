import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { Site } from './site.js'

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
  '/24-tutorial-bugs/',
]

describe.skipIf(!inject('chromium'))('every page', () => {
  let site: Site

  beforeAll(async () => {
    site = await Site.start()
  }, 120_000)
  afterAll(async () => site?.stop())

  describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
    test.for(PAGES)(
      '%s: nothing serious for axe, nothing from elsewhere',
      { timeout: 90_000 },
      async (path) => {
        const { page, strange } = await site.open(path, { colorScheme })
        await page.locator('h1').first().waitFor()
        if (path === '/lab') {
          await page.getByRole('button', { name: 'Register', exact: true }).click()
          await page.locator('.lane-jwt .reading').waitFor()
        }
        if (path === '/results') {
          await page.locator('article').nth(1).waitFor()
          const hasRun = (await page.getByRole('navigation', { name: 'On this page' }).count()) > 0
          if (hasRun) await page.locator('.plot svg').first().waitFor()
        }
        await page.addScriptTag({ path: AXE })
        const { violations } = await page.evaluate<AxeResults>('axe.run()')
        const serious = violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
        expect(serious).toEqual([])
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
