import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, inject, test } from 'vitest'
import { runningSite } from './site.js'

describe.skipIf(!inject('chromium'))('the password lab', () => {
  const site = runningSite()
  let page: Page
  let strange: readonly string[]

  beforeEach(async () => {
    ;({ page, strange } = await site.open('/password-lab'))
    await page.getByRole('button', { name: 'Hash it twice' }).waitFor()
    return async () => page.close()
  })

  const press = async (name: string) => page.getByRole('button', { name, exact: true }).click()
  const text = async (selector: string) => page.locator(selector).innerText()
  const section = (id: string) => page.locator(`section:has(> #${id})`)

  /** Steals a table, and waits until it is there. */
  async function steal(scheme: string, users: number): Promise<void> {
    await page.getByRole('combobox', { name: 'The table keeps' }).selectOption(scheme)
    await page.getByRole('combobox', { name: 'Users' }).selectOption(String(users))
    await press('Steal the table')
    await page.locator('textarea').waitFor()
  }

  test('six functions, hashed twice: three give the same, and bcrypt’s string is taken apart', async () => {
    await page.getByLabel('Password to hash').fill('hunter2')
    await press('Hash it twice')
    const rows = section('hash-twice').locator('tbody tr')
    await rows.first().waitFor()
    const seen = (await rows.allInnerTexts()).map((it) => it.split(/\s+/).slice(0, 3).join(' '))
    expect(seen.map((it) => it.replace(/ (differs).*/, ' $1'))).toEqual([
      'md5 the same',
      'sha1 the same',
      'sha256 the same',
      'bcrypt differs',
      'scrypt differs',
      'argon2id differs',
    ])
    expect(await rows.first().innerText()).toContain('2ab96390c7dbe3439de74d0c9b0b1767')
    expect(await text('.whole')).toMatch(/^\$2[ab]\$10\$[./\w]{53}$/)
    expect(await section('hash-twice').locator('dd').allInnerTexts()).toEqual([
      'version of the format',
      'cost: 2^10 = 1,024 rounds of key setup',
      expect.stringMatching(/^salt: 16 random bytes/),
      expect.stringMatching(/^hash: 23 bytes/),
    ])
    expect(strange).toEqual([])
  })

  test('a password over 72 bytes is said to be one', async () => {
    await page.getByLabel('Password to hash').fill('ä'.repeat(37))
    const said = await section('hash-twice').innerText()
    expect(said).toContain('This has 74 bytes.')
  })

  test('a fast hash: the whole list in no time, and what was tried stays over a reload', async () => {
    await steal('md5', 20)
    await press('Attack it')
    await page.getByText(/^Done in .*: \d+ of 20 users cracked/).waitFor()
    const cracked = await page.locator('details td.bad').allInnerTexts()
    expect(cracked.length).toBeGreaterThan(3)
    await page.getByLabel('a digit or sign behind it').check()
    await press('Attack it')
    const more = page.locator('details td.bad')
    await page.getByText(/^Done in .*: \d+ of 20 users cracked/).waitFor()
    expect(await more.count()).toBeGreaterThan(cracked.length)
    await page.reload()
    const tried = page.getByRole('region', { name: 'What you have tried' }).locator('tbody tr')
    await tried.first().waitFor()
    expect(await tried.count()).toBe(2)
    expect(await page.getByLabel('a digit or sign behind it').count()).toBe(0)
    expect(await page.getByRole('combobox', { name: 'The table keeps' }).inputValue()).toBe('md5')
    expect(strange).toEqual([])
  })

  test('a slow hash: live figures, and Stop stops it', async () => {
    await steal('bcrypt', 5)
    await press('Attack it')
    const guesses = page.locator('.attack-progress dd').nth(1)
    const first = await guesses.innerText()
    await expect.poll(async () => guesses.innerText()).not.toBe(first)
    await press('Stop')
    await page.getByText(/^Stopped after .*The rest of the list would take up to/).waitFor()
    const stopped = await guesses.innerText()
    await page.waitForTimeout(500)
    expect(await guesses.innerText()).toBe(stopped)
  })

  test('a table of one’s own: what is no hash is named, the rest is attacked', async () => {
    await steal('md5', 5)
    // "monkey", as md5sum prints it.
    await page.locator('textarea').fill('mia:d0763edaa9d9bd2a9516280e9044d885\nno hash at all')
    await press('Attack it')
    await page.getByText(/Line 2 has no hash that the lab knows/).waitFor()
    await page.getByText(/^Done in .*: 1 of 1 users cracked/).waitFor()
    expect(await page.locator('details td.bad').innerText()).toBe('monkey')
  })

  test('a lookup table finds half of those without salt, and nobody with one', async () => {
    await press('Make one, and look up 1,000 users')
    const rows = section('lookup').locator('tbody tr')
    await rows.first().waitFor()
    const found = await section('lookup').locator('tbody b').allInnerTexts()
    expect(found[0]).toMatch(/^4\d\d /)
    expect(found[1]).toBe('0 (0.0 %)')
    // The other sections speak of the same list.
    expect(await section('lookup').innerText()).toContain('49,233 words hashed in')
  })

  test('two users with one password: the same without salt, not with it', async () => {
    await press('Hash both')
    const rows = section('salt').locator('tbody tr')
    await rows.first().waitFor()
    const [mia = [], noah = []] = await Promise.all(
      [0, 1].map(async (at) => rows.nth(at).locator('td').allInnerTexts()),
    )
    expect(mia[0]).toBe(noah[0])
    expect(mia[2]).not.toBe(noah[2])
    await page.getByRole('slider', { name: 'Users in the stolen table' }).fill('1000')
    await page.getByText('49,233,000').waitFor()
  })

  test('costs are measured one after the other, kept over a reload, and can be stopped', async () => {
    await press('Measure it here')
    const rows = section('cost').locator('tbody tr')
    await expect.poll(async () => rows.count()).toBeGreaterThan(4)
    await press('Stop measuring')
    await page.getByRole('button', { name: 'Measure again' }).waitFor()
    await page.getByRole('slider', { name: 'Cost' }).fill('8')
    await page.getByText(/of one core, each time somebody logs in/).waitFor()
    await page.reload()
    await expect.poll(async () => rows.count()).toBeGreaterThan(4)
    expect(await section('cost').locator('tr.chosen th').innerText()).toBe('8')
  })
})
