import { beforeEach, describe, expect, inject, test } from 'vitest'
import { CHAPTERS } from '../course/chapters.js'
import { runningSite, type Site } from './site.js'

/** The texts in diagrams that are higher than the room that was measured for them. */
const LABELS_CUT_OFF = `[...document.querySelectorAll('.diagram foreignObject')]
  .filter((room) => room.firstElementChild?.getBoundingClientRect().height > room.getBoundingClientRect().height + 1)
  .map((room) => room.textContent)`

type Opened = Awaited<ReturnType<Site['open']>>

describe.skipIf(!inject('chromium'))('the course', () => {
  const site = runningSite()
  let page: Opened['page']
  let strange: Opened['strange']

  beforeEach(() => async () => page.close())

  async function open(path: string, options = {}): Promise<void> {
    ;({ page, strange } = await site.open(path, options))
    await page.locator('h1').first().waitFor()
  }

  const continued = () => page.getByRole('link', { name: /^Continue: chapter/ })

  test.for(CHAPTERS)('%s: diagrams are drawn, and it fits a phone', async (folder) => {
    await open(`/${folder}/`, { viewport: { width: 360, height: 740 } })
    const diagrams = page.locator('.diagram')
    await expect
      .poll(async () => page.locator('.diagram svg').count(), { timeout: 15_000 })
      .toBe(await diagrams.count())
    const overflow = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    )
    expect(overflow).toBeLessThanOrEqual(0)
    expect(await page.evaluate(LABELS_CUT_OFF)).toEqual([])
    expect(strange).toEqual([])
  })

  test('a chapter is found again where the reader was', async () => {
    await open('/02-sessions/')
    await page.evaluate('document.querySelector("#the-code").scrollIntoView()')
    await expect
      .poll(async () => page.evaluate('localStorage.getItem("course-reading")'))
      .toMatch(/the-code/)
    await page.goto(`${site.url}/`)
    await continued().click()
    await expect.poll(() => page.url()).toMatch(/\/02-sessions\/#the-code$/)
    await page.locator('.chapter-head', { hasText: 'you were at The code' }).waitFor()
  })

  test('a chapter that was read is marked, and the next one is offered', async () => {
    await open('/01-what-http-forgets/')
    // The page grows while its diagrams are drawn: a reader scrolls on.
    const head = page.locator('.chapter-head')
    await expect
      .poll(async () => {
        await page.evaluate('window.scrollTo(0, document.body.scrollHeight)')
        return head.innerText()
      })
      .toMatch(/· read/)
    const mark = await page.evaluate<string>(
      `getComputedStyle(document.querySelector('.VPSidebar a[href="/01-what-http-forgets/"] .text'), '::after').content`,
    )
    expect(mark).toMatch(/✓/)
    await page.goto(`${site.url}/course/`)
    expect(await continued().innerText()).toMatch(/chapter 2\. Sessions/)
  })

  test('previous and next lead through the course', async () => {
    await open('/01-what-http-forgets/')
    await page.locator('.VPDocFooter .pager-link.next').click()
    await expect.poll(() => page.url()).toMatch(/\/02-sessions\/$/)
    expect(await page.locator('.VPDocFooter .pager-link.prev').innerText()).toMatch(
      /1\. Start here/,
    )
  })

  test('a term is found', async () => {
    await open('/course/')
    await page.getByRole('button', { name: /search/i }).click()
    await page.getByRole('searchbox').fill('fixation')
    const found = page.locator('.result', { hasText: 'Sessions: making and using one' }).first()
    await expect.poll(async () => found.count(), { timeout: 10_000 }).toBe(1)
  })

  test('a link to the lab stays in this site', async () => {
    await open('/02-sessions/')
    await page.getByRole('link', { name: /register, ask who you are/ }).click()
    await expect
      .poll(() => page.url())
      .toMatch(/^http:\/\/localhost:\d+\/lab\?session=session-redis/)
    expect(page.url().startsWith(site.url)).toBe(true)
  })
})
