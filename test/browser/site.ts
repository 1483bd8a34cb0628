import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, inject } from 'vitest'
import { WorkbenchCommands } from '../e2e/workbench-process.js'

/** Chromium keeps to itself: every start would ask hosts that are nobody's business here. */
const QUIET = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A site that runs for the tests of the group in which this is called. */
export function runningSite(): Site {
  const site = new Site()
  beforeAll(async () => site.start(), 120_000)
  afterAll(async () => site.stop())
  return site
}

/** A workbench, and a browser to look at it; both run between `start` and `stop`. */
export class Site {
  #commands: WorkbenchCommands | undefined
  #browser: Browser | undefined

  get url(): string {
    return this.#at('WORKBENCH_PORT')
  }

  get sessionUrl(): string {
    return this.#at('SESSION_PORT')
  }

  async start(): Promise<void> {
    this.#commands = await WorkbenchCommands.prepare()
    await this.#commands.start('--quiet')
    this.#browser = await chromium.launch({ executablePath: inject('chromium'), args: QUIET })
  }

  /** A page in a browser profile of its own, with what it loads from elsewhere and what it throws. */
  async open(path: string, options = {}): Promise<OpenPage> {
    if (!this.#browser) throw new Error('The site does not run yet.')
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
    await this.#browser?.close()
    await this.#commands?.remove()
  }

  #at(port: string): string {
    return `http://localhost:${this.#commands?.env[port]}`
  }
}

interface OpenPage {
  readonly page: Page
  /** Errors, and requests that leave the machine. */
  readonly strange: readonly string[]
}
