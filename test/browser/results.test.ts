import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryFolder } from '@session-vs-jwt/workbench'
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, inject, test } from 'vitest'
import { runningSite } from './site.js'

const RECORDED = join(repositoryFolder, 'benchmarks', 'results', 'recorded', 'result.json')

const around = (value: number) => ({
  median: value,
  min: value - 1,
  max: value + 1,
  low: value - 1,
  high: value + 1,
  confidence: 0.961,
})
const cell = (subject: string, away: number, ms: number) => ({
  subject,
  condition: { 'ms away': away },
  values: { p50: [-1, -1, -0.5, 0, 0, 0, 0.5, 1, 1].map((it) => ms + it) },
  summaries: { p50: around(ms) },
  atCeiling: 0,
})

/** A session beside a token, at a distance. */
function comparison(ms: number, times: number) {
  const ratio = {
    median: times,
    min: times,
    max: times,
    low: times,
    high: times,
    confidence: 0.961,
  }
  return {
    metric: 'p50',
    subject: 'session-redis',
    reference: 'jwt-rotating',
    condition: { 'ms away': ms },
    conclusion: { ratio, p: 0.008, isDifferent: true },
  }
}

/** A run as a reader's `npm run bench` writes it, of one scenario. */
const OWN = {
  version: 2,
  startedAt: '2026-11-25T20:00:00.000Z',
  finishedAt: '2026-11-25T20:10:00.000Z',
  command: 'npm run bench -- --scenario distance',
  seed: 7,
  settings: { rounds: 9, seconds: 1, warmUpRequests: 5000, quick: false, strategies: [] },
  machine: {
    processor: 'Test 9000',
    cores: 2,
    memoryBytes: 8 * 2 ** 30,
    system: 'Linux 6.1',
    notMeasured: [],
  },
  ceilings: {},
  versions: { node: '20.20.0' },
  missing: [],
  scenarios: [
    {
      id: 'distance',
      title: 'The store further away',
      question: 'Where do the lines of session and token cross?',
      state: 'complete',
      rounds: 9,
      wantedRounds: 9,
      reference: 'session-redis',
      subjects: [],
      metrics: [{ id: 'p50', title: 'latency', unit: 'ms', better: 'less' }],
      cells: [
        cell('session-redis', 0, 10),
        cell('session-redis', 2, 30),
        cell('jwt-rotating', 0, 20),
        cell('jwt-rotating', 2, 20),
      ],
      comparisons: [comparison(0, 0.5), comparison(2, 1.5)],
    },
  ],
}

describe.skipIf(!inject('chromium'))('the results', () => {
  const site = runningSite()
  let page: Page
  let strange: readonly string[]

  beforeEach(async () => {
    ;({ page, strange } = await site.open('/'))
    return async () => page.close()
  })

  /** Opens the page with these in place of what this clone has. */
  async function open(recorded: object | undefined, own: object, hash = ''): Promise<void> {
    await page.route('**/recorded/result.json', async (route) =>
      route.fulfill(recorded ? { json: recorded } : { status: 404 }),
    )
    await page.route('**/workbench/results', async (route) => route.fulfill({ json: own }))
    await page.goto(`${site.url}/results${hash}`)
    await page.getByRole('article', { name: 'Your latest run' }).waitFor()
  }

  const article = async (name: string) => page.getByRole('article', { name }).innerText()

  test('nobody has measured: the strategies are compared, and a command says how to begin', async () => {
    await open(undefined, {})
    expect(await article('Recorded run')).toContain('This clone has no recorded run')
    expect(await article('Your latest run')).toContain('npm run bench -- --quick')
    const compared = await page.locator('.compared table').allInnerTexts()
    expect(compared[0]).toContain('session-redis')
    expect(compared[1]).toContain('jwt-stateless')
    expect(await page.locator('.plot').count()).toBe(0)
    expect(strange).toEqual([])
  })

  test('the reader’s own run: drawn in the colours of the lanes, with a table that says the same', async () => {
    await open(undefined, { folder: 'benchmarks/results/mine', result: OWN })
    const plot = page.locator('.plot svg').first()
    await plot.waitFor()
    const labels = await plot.locator('text').allTextContents()
    expect(labels).toEqual(expect.arrayContaining(['session-redis', 'jwt-rotating']))
    const colour = await plot.locator('text', { hasText: 'session-redis' }).evaluate(colourOf)
    expect(colour).toBe(await page.locator('#session-server').evaluate(colourOf))
    await page.getByText('session-redis and jwt-rotating cross 1 ms away.').waitFor()
    await page.getByText('All figures of').click()
    const rows = await page
      .getByRole('region', { name: /^Figures/ })
      .locator('tr')
      .allInnerTexts()
    expect(rows[1]?.split('\t').slice(0, 3)).toEqual(['session-redis', '0 ms away', '10 [9–11]'])
    expect(await article('Your latest run')).toContain('Test 9000, 2 cores, 8 GiB')
    expect(strange).toEqual([])
  })

  test('both side by side, one alone, and the choice stays over a reload', async () => {
    await open(OWN, { folder: 'benchmarks/results/mine', result: OWN })
    await page.locator('.plot').nth(1).waitFor()
    await page.getByRole('radio', { name: 'the recorded run' }).check()
    await expect.poll(async () => page.locator('.plot').count()).toBe(1)
    await page.reload()
    await page.locator('.plot').first().waitFor()
    expect(await page.getByRole('radio', { name: 'the recorded run' }).isChecked()).toBe(true)
    expect(await page.locator('.plot').count()).toBe(1)
  })

  test('a link to a scenario leads there', async () => {
    await open(undefined, { folder: 'benchmarks/results/mine', result: OWN }, '#scenario-distance')
    const heading = page.getByRole('heading', { name: 'The store further away' })
    await heading.waitFor()
    await expect.poll(async () => (await heading.boundingBox())?.y).toBeLessThan(700)
  })

  test('a result of another version, and a damaged one: said, with the next step', async () => {
    const problem = 'result.json could not be read: Unexpected end of JSON input'
    await open({ ...OWN, version: 9 }, { folder: 'benchmarks/results/mine', problem })
    expect(await article('Recorded run')).toContain(
      'of version 9, and this page reads versions 1 and 2',
    )
    expect(await article('Your latest run')).toContain('Measure again with npm run bench')
  })

  test('a newer run is found without a reload', async () => {
    await open(undefined, {})
    await page.unroute('**/workbench/results')
    await page.route('**/workbench/results', async (route) =>
      route.fulfill({ json: { folder: 'benchmarks/results/mine', result: OWN } }),
    )
    await page.getByRole('button', { name: 'Look for a new run' }).click()
    await page.locator('.plot').first().waitFor()
    expect(await article('Your latest run')).toContain('--scenario distance')
  })

  test.skipIf(!existsSync(RECORDED))('the recorded run has every kind of plot', async () => {
    await page.goto(`${site.url}/results`)
    await page.locator('.plot svg').first().waitFor()
    const titles = (await page.locator('figcaption').allInnerTexts()).join('\n')
    for (const kind of [
      /by ms away/,
      /Latency at/,
      /Served .* failed/,
      /by B of claims/,
      /by live/,
    ]) {
      expect(titles).toMatch(kind)
    }
    expect(strange).toEqual([])
  })
})

// Runs in the page, which has nothing of this file.
function colourOf(element: unknown): string {
  // @ts-expect-error: the types of a browser are not loaded here
  const style = getComputedStyle(element) as { fill: string; color: string }
  return style.fill === 'rgb(0, 0, 0)' ? style.color : style.fill
}
