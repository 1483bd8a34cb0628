import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import bcrypt from 'bcrypt'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestHex } from './fixtures.js'

const CHROMIUM = '/usr/bin/chromium'
const browserEntry = fileURLToPath(new URL('../src/browser.ts', import.meta.url))

// Bundled for a browser: an import of a module of Node.js fails here already.
async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    alias: { lab: browserEntry },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    external: [],
  })
  return outputFiles[0]?.text ?? ''
}

const WORKER = `import { serveAttacks } from 'lab'; serveAttacks(self)`
const PAGE = `import * as lab from 'lab'; window.lab = lab`

let server: Server
let url: string

beforeAll(async () => {
  const files: Record<string, [string, string]> = {
    '/': ['text/html', '<!doctype html><script type="module" src="/page.js"></script>'],
    '/page.js': ['text/javascript', await bundle(PAGE)],
    '/worker.js': ['text/javascript', await bundle(WORKER)],
  }
  server = createServer((request, response) => {
    const [type, text] = files[request.url ?? ''] ?? []
    if (type === undefined) response.writeHead(404).end()
    else response.setHeader('content-type', type).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}, 60_000)
afterAll(() => server.close())

test.skipIf(!existsSync(CHROMIUM))(
  'a Web Worker breaks a mixed table, and the page hashes as Node.js does (skipped without Chromium: apt-get install chromium)',
  async () => {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
    try {
      const page = await browser.newPage()
      await page.goto(url)
      await page.waitForFunction('window.lab')
      const table = [
        `mia:${digestHex('md5', 'dragon')}`,
        `ada:${digestHex('sha256', 'sa', 'Dragon1')}:sa`,
        `eve:${bcrypt.hashSync('monkey', 4)}`,
        'rubbish',
      ].join('\n')
      const events = await page.evaluate(attackInWorker, table)
      const found = events.filter(({ type }) => type === 'found')
      expect(found.map((it) => `${it.user}:${it.password}`)).toEqual([
        'mia:dragon',
        'ada:Dragon1',
        'eve:monkey',
      ])
      expect(events[0]).toMatchObject({ type: 'problem', problem: { line: 4 } })
      expect(events.at(-1)).toMatchObject({ type: 'end', cracked: 3, users: 3, fraction: 1 })
      const hashes = await page.evaluate(hashInThePage)
      expect(hashes.slice(0, 2)).toEqual([digestHex('md5', 'x'), digestHex('sha1', 'x')])
      expect(await bcrypt.compare('x', hashes[2] ?? '')).toBe(true)
    } finally {
      await browser.close()
    }
  },
  60_000,
)

interface WorkerEvent {
  readonly type: string
  readonly user?: string
  readonly password?: string
}

// These two run in the page, which has nothing of this file.

function attackInWorker(table: string): Promise<WorkerEvent[]> {
  // @ts-expect-error: the types of a browser are not loaded here
  const worker = new Worker('/worker.js', { type: 'module' })
  return new Promise((resolve, reject) => {
    const events: WorkerEvent[] = []
    worker.addEventListener('error', reject)
    worker.addEventListener('message', ({ data }: { data: WorkerEvent }) => {
      events.push(data)
      if (data.type === 'end') resolve(events)
    })
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    worker.postMessage({ table, words: ['monkey', 'dragon'], rules: ['case', 'suffixes'] })
  })
}

async function hashInThePage(): Promise<string[]> {
  // @ts-expect-error: set by the page's script
  const { hashInPage } = globalThis.lab
  const salt = new Uint8Array(16).fill(7)
  return [
    await hashInPage('md5', 'x', salt),
    await hashInPage('sha1', 'x', salt),
    await hashInPage('bcrypt', 'x', salt, 4),
  ]
}
