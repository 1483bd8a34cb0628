import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, inject, test } from 'vitest'
import { runningSite } from './site.js'

describe.skipIf(!inject('chromium'))('the token lab', () => {
  const site = runningSite()
  let page: Page

  beforeEach(async () => {
    ;({ page } = await site.open('/lab'))
    await page.getByRole('button', { name: 'Register', exact: true }).click()
    await page.locator('.lane-jwt .reading').waitFor()
    await visit('')
    return async () => page.close()
  })

  /** The page shows its buttons before it has its keys and its token. */
  const isReady = async () => page.locator('.token-lab[aria-busy="false"]').waitFor()

  const visit = async (query: string) => {
    await page.goto(`${site.url}/token-lab${query}`)
    await isReady()
  }

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

  test.for(['alg: none', 'Signature stripped', 'Another sub', 'A weak secret'])(
    '%s is refused',
    async (attack) => {
      await press(attack)
      expect(await sent()).toBe('401')
    },
  )

  test('HS256 with the public key: the page makes one, and the token is refused', async () => {
    await press('HS256 with the public key')
    await page.getByText('Public key of this page (RS256)').waitFor()
    expect(await sent()).toBe('401')
  })

  test('a weak secret is found by trying words, and signs', async () => {
    await press('A weak secret')
    await press('Try every word')
    await page.getByText('Its secret is supersecretkey.').waitFor()
    await press('Use it as the secret of this page')
    await press('Verify the signature')
    const verdict = page.getByText(/^The signature is/)
    await verdict.waitFor()
    expect(await verdict.innerText()).toContain('The signature is right')
  })

  test('the secret of the JWT server is in no list', async () => {
    await press('Try every word')
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor()
    await page.locator('.search progress').waitFor()
    const outcome = page.getByText(/guesses/).and(page.getByText(/^(Not in the list|Its secret)/))
    await outcome.waitFor({ timeout: 60_000 })
    expect(await outcome.innerText()).toMatch(/Not in the list: 49,\d+ guesses/)
  }, 90_000)

  test('a link prepares an attack, which nobody runs but the reader', async () => {
    const token = await page.getByLabel('Token').inputValue()
    await visit('?attack=none')
    expect(await page.getByLabel('Token').inputValue()).toBe(token)
    await press('Forge this token')
    expect(await page.getByLabel('Header').inputValue()).toMatch(/"alg": "none"/)
    expect(await sent()).toBe('401')
    await visit('?attack=magic')
    await page.getByText('The link names an attack that is none here: magic.').waitFor()
  })

  test('the token stays over a reload', async () => {
    await press('alg: none')
    const token = await page.getByLabel('Token').inputValue()
    await page.reload()
    await isReady()
    expect(await page.getByLabel('Token').inputValue()).toBe(token)
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
      await page.getByText('The signature is right: it was made').waitFor()
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
