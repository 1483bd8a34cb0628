import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, inject, test } from 'vitest'
import { runningSite } from './site.js'

describe.skipIf(!inject('chromium'))('the form of the decision page', () => {
  const site = runningSite()
  let page: Page

  beforeEach(async () => {
    ;({ page } = await site.open('/23-which-one/'))
    await page.locator('.which-one tbody tr').first().waitFor()
    return async () => page.close()
  })

  const verdict = async () => page.locator('.which-one [role=status]').innerText()

  async function type(label: string, value: string): Promise<void> {
    const field = page.getByLabel(label, { exact: true })
    await field.fill(value)
    await field.blur()
  }

  async function cellsOf(strategy: string): Promise<string[]> {
    const row = page.locator('.which-one tbody tr').filter({
      has: page.locator('code').getByText(strategy, { exact: true }),
    })
    return row.locator('td').allInnerTexts()
  }

  test('with the usual figures, rotating tokens ask least', async () => {
    expect(await verdict()).toContain('jwt-rotating asks the stores least')
    // What a login takes is measured anew now and then.
    const memory = expect.stringMatching(/^\d+(\.\d+)? MiB$/)
    expect(await cellsOf('session-redis')).toEqual(['no time', '140', '0', memory, '0.052', '1'])
  })

  test('a logout that must work at once leaves those that ask at every request', async () => {
    await type('A logout must work within, in seconds', '0')
    expect(await verdict()).toMatch(/^4 of \d+ .* session-redis asks the stores least/)
    expect(await page.locator('.which-one tbody').innerText()).toContain('a logout takes too long')
  })

  test('figures are still there after a reload, and the usual ones come back', async () => {
    await type('Users', '1000000')
    await page.reload()
    await page.locator('.which-one tbody tr').first().waitFor()
    expect(await page.getByLabel('Users', { exact: true }).inputValue()).toBe('1000000')
    await page.getByRole('button', { name: 'The usual figures' }).click()
    expect(await page.getByLabel('Users', { exact: true }).inputValue()).toBe('100000')
  })

  test('an impossible figure counts as the nearest that is possible', async () => {
    await type('of them on a day, in %', '900')
    expect(await page.getByLabel('of them on a day, in %').inputValue()).toBe('100')
  })
})
