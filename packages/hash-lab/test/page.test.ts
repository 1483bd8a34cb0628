import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import bcrypt from 'bcrypt'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  attackInPage,
  type LeakedUser,
  LookupTable,
  lookUp,
  type PageAttack,
  type PageAttackEvent,
  parseLeakedTable,
  populate,
  seededRandom,
  SCHEMES,
  stealInPage,
  utf8,
} from '../src/browser.js'
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

/** Playwright's own 30 s are not enough on a busy machine. */
const HANGS_AFTER_MS = 240_000

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
})
afterAll(() => server.close())

test.skipIf(!existsSync(CHROMIUM))(
  'a Web Worker breaks a mixed table, and the page hashes as Node.js does (skipped without Chromium: apt-get install chromium)',
  async () => {
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox'],
      timeout: HANGS_AFTER_MS,
    })
    try {
      const page = await browser.newPage()
      page.setDefaultTimeout(HANGS_AFTER_MS)
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

async function eventsOf(attack: PageAttack): Promise<PageAttackEvent[]> {
  const events: PageAttackEvent[] = []
  for await (const event of attackInPage(attack)) events.push(event)
  return events
}

test('an attack tells how it goes while one word is tried, and ends with the loop over it', async () => {
  const table = ['mia', 'noah'].map((user) => `${user}:${bcrypt.hashSync('none of them', 4)}`)
  const words = ['zebra', 'monkey']
  const seen: PageAttackEvent[] = []
  for await (const event of attackInPage({ table: table.join('\n'), words, rules: ['years'] })) {
    seen.push(event)
    if (event.type === 'progress' && event.guesses > 1) break
  }
  const [first] = seen
  // Two words with and without each of 77 years, for two users: none of the words is done yet.
  expect(first).toMatchObject({
    type: 'progress',
    fraction: 0,
    guessesLeft: 2 * 78 * 2,
    cracked: 0,
  })
  expect(seen.at(-1)).toMatchObject({ type: 'progress', fraction: 0 })
})

test('what is left does not count users who are cracked', async () => {
  const table = [`mia:${digestHex('md5', 'a', 'zebra')}:a`, `noah:${digestHex('md5', 'b', 'no')}:b`]
  const events = await eventsOf({ table: table.join('\n'), words: ['zebra'] })
  expect(events.map(({ type }) => type)).toEqual(['found', 'progress', 'end'])
  expect(events.at(-1)).toMatchObject({ guesses: 2, guessesLeft: 0, cracked: 1, users: 2 })
})

test.for(SCHEMES.filter((it) => it !== 'jwt'))(
  'a table of %s that is made in a page can be read, and its passwords are right',
  async (scheme) => {
    const [person] = populate(1, seededRandom(1))
    const people = [{ user: 'mia', password: person?.password ?? '' }]
    const cost = { bcrypt: 4, scrypt: 4, argon2id: 5 }[scheme as string]
    const request = { people, scheme, random: seededRandom(1), ...(cost && { cost }) }
    const table = (await stealInPage(request)).join('\n')
    expect(parseLeakedTable(table).users[0]?.hash.scheme).toBe(scheme)
    const words = ['wrong', people[0]?.password ?? '']
    const events = await eventsOf({ table, words })
    expect(events.at(-1)).toMatchObject({ type: 'end', cracked: 1, users: 1 })
  },
)

test('a look-up finds who has no salt, and nobody who has one', async () => {
  const built = LookupTable.build('md5', utf8('dragon\nmonkey'))
  const usersOf = (...lines: string[]): readonly LeakedUser[] =>
    parseLeakedTable(lines.join('\n')).users
  const plain = usersOf(`mia:${digestHex('md5', 'monkey')}`, `noah:${digestHex('md5', 'other')}`)
  expect(lookUp(built, plain)).toEqual([{ line: 1, user: 'mia', password: 'monkey' }])
  expect(lookUp(built, usersOf(`mia:${digestHex('md5', 's', 'monkey')}:s`))).toEqual([])
})

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
