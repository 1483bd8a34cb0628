import { type Browser, chromium, type Page } from 'playwright-core'
import { inject } from 'vitest'
import { WorkbenchCommands } from '../e2e/workbench-process.js'

/** Chromium keeps to itself: every start would ask hosts that are nobody's business here. */
const QUIET = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A workbench that runs, and a browser to look at it. */
export class Site {
  readonly url: string
  readonly sessionUrl: string
  readonly #commands: WorkbenchCommands
  readonly #browser: Browser

  private constructor(commands: WorkbenchCommands, browser: Browser) {
    this.#commands = commands
    this.#browser = browser
    this.url = `http://localhost:${commands.env['WORKBENCH_PORT']}`
    this.sessionUrl = `http://localhost:${commands.env['SESSION_PORT']}`
  }

  static async start(): Promise<Site> {
    const commands = await WorkbenchCommands.prepare()
    await commands.start('--quiet')
    const browser = await chromium.launch({ executablePath: inject('chromium'), args: QUIET })
    return new Site(commands, browser)
  }

  /** A page in a browser profile of its own, with what it loads from elsewhere and what it throws. */
  async open(path: string, options = {}): Promise<OpenPage> {
    const page = await this.#browser.newPage({ viewport: { width: 1280, height: 900 }, ...options })
    const strange: string[] = []
    page.on('pageerror', ({ message }) => strange.push(message))
    page.on('request', (request) => {
      if (!/^(http:\/\/localhost:|data:|blob:)/.test(request.url())) strange.push(request.url())
    })
    await page.goto(this.url + path)
    return { page, strange }
  }

  /** Takes back what pages have done to the workbench. */
  async restore(): Promise<void> {
    const { status } = await fetch(`${this.url}/workbench/commands`, {
      method: 'POST',
      headers: { origin: this.url, 'content-type': 'application/json' },
      body: '{"do":"restore"}',
    })
    if (status !== 200) throw new Error(`The workbench was not restored: ${status}`)
  }

  async stop(): Promise<void> {
    await this.#browser.close()
    await this.#commands.remove()
  }
}

interface OpenPage {
  readonly page: Page
  /** Errors, and requests that leave the machine. */
  readonly strange: readonly string[]
}
