import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { Site } from './site.js'

describe.skipIf(!inject('chromium'))('the token lab', () => {
  let site: Site
  let page: Page

  beforeAll(async () => {
    site = await Site.start()
  }, 120_000)
  afterAll(async () => site?.stop())
  beforeEach(async () => {
    ;({ page } = await site.open('/lab'))
    await page.getByRole('button', { name: 'Register', exact: true }).click()
    await page.locator('.lane-jwt .reading').waitFor()
    await page.goto(`${site.url}/token-lab`)
    await page.waitForFunction(`document.querySelector('textarea')?.value.startsWith('ey')`)
    return async () => page.close()
  })

  const press = async (name: string) => page.getByRole('button', { name, exact: true }).click()

  /** Sends the token, and tells the status. */
  async function sent(): Promise<string> {
    await press('Send it to the JWT server')
    await page.locator('.answer').waitFor()
    return page.locator('.answer b').innerText()
  }

  test('an honest token is taken', async () => {
    expect(await sent()).toBe('200')
  })

  test.for(['alg: none', 'Signature stripped', 'Another sub', 'Signed with a guessed secret'])(
    '%s is refused',
    async (attack) => {
      await press(attack)
      expect(await sent()).toBe('401')
    },
  )

  test('HS256 with a public key asks for one first, and is refused with it', async () => {
    await press('HS256 with the public key')
    expect(await page.locator('.problem').innerText()).toMatch(/choose RS256 or ES256/)
    await page.getByLabel('Algorithm').selectOption('RS256')
    await page.getByText('Public key of this page (RS256)').waitFor()
    await press('HS256 with the public key')
    expect(await sent()).toBe('401')
  })

  test.for(['HS256', 'RS256', 'ES256'])(
    '%s: signed and verified in the page',
    async (algorithm) => {
      if (algorithm !== 'HS256') {
        await page.getByLabel('Algorithm').selectOption(algorithm)
        await page.getByText(`Public key of this page (${algorithm})`).waitFor()
      }
      await press('Verify the signature')
      await page.getByText(/Not valid under the key of this page/).waitFor()
      await press('Sign it')
      await page.getByText('Signed with the key of this page.').waitFor()
      await press('Verify the signature')
      await page.getByText('The signature is right.').waitFor()
      expect(await sent()).toBe('401')
    },
  )

  test('claims are explained; one that has expired says so', async () => {
    await page.getByLabel('Payload').fill('{"sub":"1","exp":1000000000,"mine":true}')
    await press('Sign it')
    const rows = await page.locator('tbody tr').allInnerTexts()
    expect(rows).toHaveLength(3)
    expect(rows[1]).toMatch(/2001-09-09T01:46:40Z.*expired/)
    expect(rows[2]).toMatch(/private/)
  })

  test('what is no token is said to be none', async () => {
    await page.getByLabel('Token').fill('not a token')
    expect(await page.locator('.problem').allInnerTexts()).toEqual([
      'The header is no Base64url of UTF-8.',
      'The payload is missing.',
    ])
  })
})
