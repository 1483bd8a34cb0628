import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { paths } from '@session-vs-jwt/http-contract'
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest'
import { runningSite } from './site.js'

/** Listens for the time of a test. Gives back the port. */
async function listening(answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** What a browser told with a request that changes something. */
interface Told {
  readonly cookie: string | undefined
  readonly site: string | undefined
}

/** Gives each visitor our session server's cookie, and believes whoever brings it back. */
async function carelessServer(): Promise<{ url: string; told: Told[] }> {
  const told: Told[] = []
  const port = await listening(({ method, headers }, response) => {
    if (method === 'POST') {
      told.push({ cookie: headers.cookie, site: headers['sec-fetch-site'] })
    } else response.setHeader('Set-Cookie', 'careless=1; path=/; samesite=lax; httponly')
    response.end('<p>here</p>')
  })
  return { url: `http://localhost:${port}`, told }
}

/** A page of somebody else with a form and a link to `url`. */
async function foreignPage(host: string, url: string): Promise<string> {
  const port = await listening((_request, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end(
      `<form method="post" action="${url}"><button>Win</button></form><a href="${url}">Read</a>`,
    )
  })
  return `http://${host}:${port}`
}

describe.skipIf(!inject('chromium'))('what a browser does with a credential', () => {
  const site = runningSite()
  let page: Page

  beforeEach(async () => {
    ;({ page } = await site.open('/lab'))
    await page.getByRole('button', { name: 'Register', exact: true }).click()
    for (const lane of ['session', 'jwt']) await page.locator(`.lane-${lane} .reading`).waitFor()
    return async () => page.close()
  })

  /** What a script that got into the lab's page is answered, with the cookie that it cannot see. */
  async function whoami(): Promise<number> {
    await page.goto(`${site.url}/lab`)
    return page.evaluate(
      `fetch('${site.sessionUrl}${paths.whoami}', { credentials: 'include' }).then((it) => it.status)`,
    )
  }

  /** Opens a foreign page and presses its button or link. Gives back the status that follows. */
  async function visit(url: string, what: 'button' | 'a'): Promise<number | undefined> {
    await page.goto(url)
    const [answer] = await Promise.all([page.waitForNavigation(), page.locator(what).click()])
    return answer?.status()
  }

  test('a script in the page reads localStorage, and no cookie with HttpOnly', async () => {
    expect(await page.evaluate('document.cookie')).toBe('')
    const kept = await page.evaluate('JSON.stringify({ ...localStorage })')
    expect(kept).toMatch(/refreshToken\W+eyJ/)
  })

  test('it need not read the cookie to use it', async () => {
    expect(await whoami()).toBe(200)
  })

  test('a form of another site comes without a cookie with SameSite=Lax, a link with it', async () => {
    const { url, told } = await carelessServer()
    await page.goto(url)
    await visit(await foreignPage('127.0.0.1', url), 'button')
    expect(told).toEqual([{ cookie: undefined, site: 'cross-site' }])
    await visit(await foreignPage('127.0.0.1', site.sessionUrl + paths.logout), 'button')
    expect(await whoami()).toBe(200)
    expect(await visit(await foreignPage('127.0.0.1', site.sessionUrl + paths.whoami), 'a')).toBe(
      200,
    )
  })

  test('a form of the same site, on another port, brings the cookie: only the origin tells', async () => {
    const { url, told } = await carelessServer()
    await page.goto(url)
    await visit(await foreignPage('localhost', url), 'button')
    expect(told).toEqual([{ cookie: expect.stringContaining('careless=1'), site: 'same-site' }])
    const refused = await visit(
      await foreignPage('localhost', site.sessionUrl + paths.logout),
      'button',
    )
    expect([refused, await whoami()]).toEqual([403, 200])
  })
})
