import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, inject, test } from 'vitest'
import { runningSite } from './site.js'

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
  const site = runningSite()
  let page: Page
  let strange: readonly string[]

  beforeEach(async () => {
    await site.restore()
    ;({ page, strange } = await site.open('/lab'))
    await idle()
    return async () => page.close()
  })

  /** Until every button can be pressed again. */
  const idle = () => page.locator('.lab[aria-busy="false"]').waitFor()

  async function press(name: string): Promise<void> {
    await page.getByRole('button', { name, exact: true }).click()
    await idle()
  }

  /** What the lanes say: session, JWT. */
  async function readings(): Promise<string[]> {
    return page.locator('.reading').allInnerTexts()
  }

  const explanation = async (): Promise<string> => page.locator('.explanation').innerText()

  /** What the last break did to each login: session, JWT. */
  const seen = async (): Promise<string[]> => page.locator('.explanation li').allInnerTexts()

  const choose = async (lane: string, strategy: string): Promise<void> => {
    await page.getByLabel(`${lane} strategy`).selectOption(strategy)
    await idle()
  }

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

  test('the thief rotates first: the owner is thrown out, and so is the thief', async () => {
    await press('Register')
    await press('Copy the credential')
    await press('Thief: rotate refresh')
    expect(await seen()).toEqual([
      expect.stringMatching(/^Session 200/),
      expect.stringMatching(/^JWT 200/),
    ])
    await press('Rotate refresh')
    const texts = await readings()
    expect(texts[0]).toMatch(/^401/)
    expect(texts[1]).toMatch(/^401.*whole family has been ended/)
  })

  test('time passes: each login ends when its time is over, and comes back with the clock', async () => {
    await press('Register')
    await press('6 minutes later')
    expect(await seen()).toEqual([
      'Session 200. You are still known here.',
      expect.stringMatching(/^JWT 401.*expired/),
    ])
    await press('9 hours later')
    for (const text of await seen()) expect(text).toMatch(/401.*expired/)
    await press('Back to now')
    expect(await seen()).toEqual([
      'Session 200. You are still known here.',
      'JWT 200. You are still known here.',
    ])
    expect(await explanation()).toMatch(/Chapter 7 explains it/)
  })

  test('Redis stopped: who asks it says 503, who does not goes on; back, all is well', async () => {
    await press('Register')
    await press('Stop Redis')
    expect(await explanation()).toMatch(/Redis is gone/)
    expect(await seen()).toEqual([
      expect.stringMatching(/^Session 503/),
      'JWT 200. You are still known here.',
    ])
    expect(await readings()).toEqual([
      expect.stringMatching(/^503.*Start it again below/),
      'Who am I: 200.',
    ])
    await press('Start Redis')
    await expect
      .poll(async () => {
        await press('Who am I')
        return readings()
      })
      .toEqual(['Who am I: 200.', 'Who am I: 200.'])
  })

  test('a restart and a second instance: known in both lanes', async () => {
    await press('Register')
    await press('Restart JWT')
    await press('Start a second Session server')
    expect(await seen()).toEqual([
      'Session 200. You are still known here.',
      'JWT 200. You are still known here.',
    ])
    await press('Stop a second Session server')
    expect(await explanation()).toMatch(/first instance again/)
  })

  test('another strategy: the login is out of date; in memory, it does not outlive the process', async () => {
    await press('Register')
    await choose('Session', 'session-memory')
    expect(await seen()).toEqual([
      expect.stringMatching(/^Session 401/),
      'JWT 200. You are still known here.',
    ])
    const lane = page.locator('.lane-session')
    expect(await lane.locator('.strategy').innerText()).toMatch(/session-memory/)
    await press('Log in')
    await press('Restart Session')
    expect((await seen())[0]).toMatch(/^Session 401/)
    await press('Put everything back')
    expect(await lane.locator('.strategy').innerText()).toMatch(/session-redis/)
  }, 60_000)

  test('put back: clocks, Redis, second instances and strategies', async () => {
    await press('9 hours later')
    await press('Start a second JWT server')
    await choose('JWT', 'jwt-denylist')
    await press('Stop Redis')
    await press('Put everything back')
    const text = await page.locator('.breaking').innerText()
    expect(text).toMatch(/clocks are right.*Start a second JWT server.*Redis is running/s)
    expect(await page.getByLabel('JWT strategy').inputValue()).toBe('jwt-rotating')
    await press('Register')
    expect(await readings()).toEqual(['Register: 201.', 'Register: 201.'])
  }, 60_000)

  test('renewing, rotating and logging out are steps of the theory', async () => {
    await press('Register')
    const steps = () =>
      page.evaluate<string[]>(
        `[...document.querySelectorAll('.theory')].map((list) =>
          [...list.children].map(({ value }) => value).join(' '))`,
      )
    expect(await steps()).toEqual(['1 2 3 4', '1 2 3 4'])
    for (const [name, session, jwt] of [
      ['Who am I', '5 6 7', '5 6 7'],
      ['Renew access', '5 6 8', '8 6'],
      ['Rotate refresh', '5 6 9', '9 6'],
      ['Log out', '5 10', '5 6 10'],
    ] as const) {
      await press(name)
      expect(await steps(), name).toEqual([session, jwt])
    }
  })

  test('a preflight is shown where the browser has made one', async () => {
    await press('Register')
    const [session, jwt] = [page.locator('.lane-session'), page.locator('.lane-jwt')]
    for (const lane of [session, jwt]) {
      expect(await lane.locator('.diagram ol').innerText()).toMatch(
        /^\s*Browser to .* server: OPTIONS \/auth\/register\/email · preflight/,
      )
    }
    await press('Who am I')
    expect(await session.locator('.preflight').count()).toBe(0)
    await jwt.locator('.preflight > summary').click()
    expect(await jwt.locator('.preflight').innerText()).toMatch(
      /access-control-request-headers: authorization.*access-control-allow-headers: Authorization/s,
    )
    await press('Who am I')
    expect(await jwt.locator('.preflight').count()).toBe(0)
  })

  test('the keyboard is enough, and keeps its place', async () => {
    await page.getByRole('button', { name: 'Register', exact: true }).focus()
    await page.keyboard.press('Enter')
    await idle()
    for (const key of ['Tab', 'Tab', 'Enter']) await page.keyboard.press(key)
    await idle()
    expect(await readings()).toEqual(['Who am I: 200.', 'Who am I: 200.'])
    const focused = () => page.evaluate<string>('document.activeElement.textContent.trim()')
    expect(await focused()).toBe('Who am I')
    await page.getByRole('button', { name: '6 minutes later' }).focus()
    await page.keyboard.press('Enter')
    await idle()
    expect(await focused()).toBe('6 minutes later')
  })

  test('what was sent stays over a reload', async () => {
    await press('Register')
    await press('Who am I')
    await press('Copy the credential')
    await page.reload()
    await idle()
    expect(await readings()).toEqual(['Who am I: 200.', 'Who am I: 200.'])
    expect(await page.locator('.lane-jwt .history button').allInnerTexts()).toHaveLength(2)
    await press('Thief: who am I')
    expect(await readings()).toEqual(['The thief: Who am I: 200.', 'The thief: Who am I: 200.'])
  })

  describe('a link', () => {
    const open = async (query: string): Promise<void> => {
      await page.goto(`${site.url}/lab?${query}`)
      await idle()
    }
    /** What each step gave, in a line. */
    const played = async (): Promise<string[]> =>
      (await page.locator('.prepared li').allInnerTexts()).map((it) => it.replaceAll(/\s+/g, ' '))

    test('prepares steps, which nobody plays but the reader', async () => {
      await open('session=session-postgres&jwt=jwt-denylist&do=register,steal,logout,thief')
      expect(await page.locator('.lane-session .strategy').innerText()).toMatch(/session-redis/)
      expect(await readings()).toEqual([])
      await press('Play these steps')
      await page.getByRole('button', { name: 'Play again' }).waitFor()
      expect(await page.locator('.lane-session .strategy').innerText()).toMatch(/session-postgres/)
      expect(await played()).toEqual([
        'Register Session 201 JWT 201',
        'Copy the credential',
        'Log out Session 204 JWT 204',
        'Thief: who am I Session 401 JWT 401',
      ])
    }, 60_000)

    test('with what the lab does not know: said, and the rest is used, step by step', async () => {
      await open('session=session-nowhere&jwt=session-redis&do=register,fly,whoami')
      expect(await page.locator('.prepared .unknown').innerText()).toMatch(
        /session-nowhere .*session-redis .*fly /,
      )
      await press('One step')
      expect(await played()).toEqual(['Register Session 201 JWT 201', 'Who am I'])
      await press('Put away')
      expect(await page.locator('.prepared').count()).toBe(0)
      expect(page.url()).toBe(`${site.url}/lab`)
    })
  })

  test('a wrong password is said as what it is, with the next step', async () => {
    await press('Register')
    await page.getByLabel('Password').fill('not the password')
    await press('Log in')
    for (const text of await readings()) {
      expect(text).toMatch(/^401: Email or password is wrong\. The server does not say which/)
    }
  })

  test('the workbench stopped: the page says so', async () => {
    await page.context().setOffline(true)
    await press('Who am I')
    for (const text of await readings()) expect(text).toMatch(/does not answer/)
  })
})
