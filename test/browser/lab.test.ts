import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { Site } from './site.js'

const ROW = [
  'Register',
  'Log in',
  'Who am I',
  'Profile',
  'Edit nickname',
  'New post',
  'Renew access',
  'Rotate refresh',
  'List devices',
  'Log out',
] as const

describe.skipIf(!inject('chromium'))('the lab', () => {
  let site: Site
  let page: Page
  let strange: readonly string[]

  beforeAll(async () => {
    site = await Site.start()
  }, 120_000)
  afterAll(async () => site?.stop())
  beforeEach(async () => {
    await site.restore()
    ;({ page, strange } = await site.open('/lab'))
    await idle()
    return async () => page.close()
  })

  /** Until every button can be pressed again. */
  async function idle(): Promise<void> {
    await page.locator('.actions button:enabled').first().waitFor()
    await page.locator('.danger fieldset:disabled').nth(1).waitFor({ state: 'detached' })
  }

  async function press(name: string): Promise<void> {
    await page.getByRole('button', { name, exact: true }).click()
    await idle()
  }

  /** What the lanes say: session, JWT. */
  async function readings(): Promise<string[]> {
    return page.locator('.reading').allInnerTexts()
  }

  const explanation = async (): Promise<string> => page.locator('.explanation').innerText()

  test('the whole row of actions works in both lanes, and each shows what it did', async () => {
    for (const name of ROW) {
      await press(name)
      for (const text of await readings()) expect(text, name).toMatch(/: 20[0-4]\.$/)
    }
    await press('Log in')
    const text = (await page.locator('.lane').allInnerTexts()).map((it) => it.replaceAll('\n', ' '))
    expect(text[0]).toMatch(/set-cookie: sid=[^;]+; path=\/; samesite=lax; httponly/)
    expect(text[1]).toMatch(/"accessToken": "eyJ/)
    const arrows = await page.locator('.lane-session .diagram ol').innerText()
    expect(arrows).toMatch(/Redis: EVALSHA createSession/)
    expect(arrows).toMatch(/bcrypt: verify the password\s*, \d+ ms/)
    const ledger = await page.locator('section:has(> #ledger) tbody tr').first().innerText()
    expect(ledger.split(/\s+/)).toEqual(['SQL', 'statements', '2', '2', '8', '8'])
    expect(strange).toEqual([])
  }, 120_000)

  test('what was made stays over a reload', async () => {
    await press('Register')
    const email = await page.getByLabel('Email').inputValue()
    await page.reload()
    await idle()
    expect(await page.getByLabel('Email').inputValue()).toBe(email)
    await press('Who am I')
    expect(await readings()).toEqual(['Who am I: 200.', 'Who am I: 200.'])
  })

  test('the thief: in, and after a logout in one lane only', async () => {
    await press('Register')
    await press('Copy the credential')
    await press('Thief: who am I')
    expect(await readings()).toEqual(['The thief: Who am I: 200.', 'The thief: Who am I: 200.'])
    await press('Log out')
    await press('Thief: who am I')
    expect(await readings()).toEqual([
      expect.stringMatching(/^The thief: 401/),
      'The thief: Who am I: 200.',
    ])
    expect(await explanation()).toMatch(/a signature says yes until it expires/)
  })

  test('time passes: both logins end, and come back with the clock', async () => {
    await press('Register')
    await press('9 hours later')
    await press('Who am I')
    for (const text of await readings()) expect(text).toMatch(/expired.*Log|expired.*log/i)
    await press('Back to now')
    await press('Who am I')
    expect((await readings())[1]).toBe('Who am I: 200.')
  })

  test('Redis stopped: who asks it says 503, who does not goes on; back, all is well', async () => {
    await press('Register')
    await press('Stop Redis')
    expect(await explanation()).toMatch(/Redis is gone/)
    await press('Who am I')
    expect(await readings()).toEqual([expect.stringMatching(/^503/), 'Who am I: 200.'])
    await press('Start Redis')
    await expect
      .poll(async () => {
        await press('Who am I')
        return readings()
      })
      .toEqual(['Who am I: 200.', 'Who am I: 200.'])
  })

  test('a restart, a second instance, and another strategy', async () => {
    await press('Register')
    await press('Restart JWT')
    await press('Start a second Session server')
    await press('Who am I')
    expect(await readings()).toEqual(['Who am I: 200.', 'Who am I: 200.'])
    await press('Stop a second Session server')
    await page.getByLabel('Session strategy').selectOption('session-memory')
    await page.locator('.lane-session .strategy', { hasText: 'session-memory' }).waitFor()
    await idle()
    await press('Who am I')
    expect((await readings())[0]).toMatch(/^401/)
    await press('Log in')
    await press('Restart Session')
    await press('Who am I')
    expect((await readings())[0]).toMatch(/^401/)
  }, 90_000)

  test('a wrong password is said as what it is, with the next step', async () => {
    await press('Register')
    await page.getByLabel('Password').fill('not the password')
    await press('Log in')
    for (const text of await readings()) expect(text).toMatch(/^401: Email or password is wrong/)
  })

  test('the workbench stopped: the page says so', async () => {
    await page.context().setOffline(true)
    await press('Who am I')
    for (const text of await readings()) expect(text).toMatch(/does not answer/)
  })
})
