import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RequestTrace } from '@session-vs-jwt/request-trace'
import { operations } from '@session-vs-jwt/http-contract'
import {
  Account,
  type EndpointId,
  endpoints,
  expectedLookups,
  LOGIN_FAILURES,
  lookupsOf,
  measure,
  mismatch,
  statusOf,
  type Step,
  steps,
  StoreCounters,
  type Strategy,
  Target,
  type Watched,
} from '@session-vs-jwt/workbench'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { keySet, startServer } from '../../start-server.js'
import { matrix, strategy } from '../matrix.js'
import {
  lookupsJson,
  lookupsMarkdown,
  type MeasuredCost,
  type MeasuredStrategy,
} from './lookups-table.js'
import { type OwnStores, startOwnStores } from './own-stores.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of each kind, to each strategy: as many as the course shows, or fewer that take less time. */
    lookupRequests: number
  }
}

const LOAD = inject('lookupRequests')

/** What the pages say that was counted. */
const REQUESTS_OF_PAGES = 200

let stores: OwnStores
let counters: StoreCounters

beforeAll(async () => {
  stores = await startOwnStores()
  counters = await StoreCounters.connect(stores)
})

afterAll(async () => {
  await counters?.close()
  await stores?.stop()
})

/** A server of `it` on the stores of this file, with what watches it. */
async function watch(label: string, it: Strategy): Promise<Watched> {
  const traces: RequestTrace[] = []
  const env = {
    DATABASE_URL: stores.databaseUrl,
    REDIS_URL: stores.redisUrl,
    LOGIN_FAILURES: String(LOGIN_FAILURES),
    // A key that may be public, so that there is a key set to ask for.
    JWT_ACCESS_KEYS: keySet('ES256', 'access'),
  }
  const onFinished = (trace: RequestTrace): void => void traces.push(trace)
  const server = await startServer(it, { env, onFinished })
  onTestFinished(() => server.stop())
  return { label, strategy: it, counters, traces, target: new Target(server.url) }
}

/** As many accounts as requests are counted, and the one that goes ahead. */
function newAccounts({ target }: Watched, requests: number): Account[] {
  return Array.from({ length: requests + 1 }, () => new Account(target))
}

const allMeasured: MeasuredStrategy[] = []

describe.each(matrix)('%s', (label, it) => {
  test('every request costs what is expected, by two counts', { timeout: 300_000 }, async () => {
    const watched = await watch(label, it)
    const accounts = newAccounts(watched, LOAD)
    const costs: Partial<Record<EndpointId, MeasuredCost>> = {}
    const mismatches: string[] = []
    for (const step of steps) {
      const measured = await measure(step, accounts, watched)
      const status = statusOf(step, it)
      costs[step.endpoint] = { status, ...lookupsOf(measured) }
      mismatches.push(mismatch(measured, status, watched) ?? '')
    }
    expect(mismatches.filter(Boolean).join('\n\n')).toBe('')
    allMeasured.push({ label, server: it.server, costs: costs as MeasuredStrategy['costs'] })
  })

  test('the identity costs what the strategy promises', () => {
    expect(expectedLookups('whoami', label, it.server)).toEqual(it.promises.identityCost)
  })
})

test('every operation of the contract is among what is measured', () => {
  expect(steps.map(({ endpoint }) => endpoint)).toEqual(Object.keys(endpoints))
  const named: Readonly<Record<string, { request: string }>> = endpoints
  for (const { id, method, path } of operations) {
    expect(named[id]?.request.split(',')[0], id).toBe(`${method} ${path}`)
  }
})

test('what was measured is what the course shows', async () => {
  expect(allMeasured.map(({ label }) => label)).toEqual(matrix.map(([label]) => label))
  const folder = '../../../docs/contract'
  const page = lookupsMarkdown(allMeasured, REQUESTS_OF_PAGES)
  const data = lookupsJson(allMeasured, REQUESTS_OF_PAGES)
  if (LOAD < REQUESTS_OF_PAGES) {
    // Fewer requests must cost the same, and write nothing.
    expect(page).toBe(await readFile(join(import.meta.dirname, folder, 'lookups.md'), 'utf8'))
    expect(data).toBe(await readFile(join(import.meta.dirname, folder, 'lookups.json'), 'utf8'))
    return
  }
  await expect(page).toMatchFileSnapshot(`${folder}/lookups.md`)
  await expect(data).toMatchFileSnapshot(`${folder}/lookups.json`)
})

describe('a difference is found and named', () => {
  const FEW = 20
  const [register, whoami] = ['register', 'whoami'].map(
    (id) => steps.find(({ endpoint }) => endpoint === id) as Step,
  ) as [Step, Step]

  /** Registered accounts of a server, and what `whoami` costs there while `meanwhile` goes on. */
  async function measureWhoami(meanwhile: () => Promise<unknown>) {
    const watched = await watch('session-redis', strategy('session-redis'))
    const accounts = newAccounts(watched, FEW)
    await measure(register, accounts, watched)
    const send = async (account: Account) => {
      await meanwhile()
      return whoami.send(account)
    }
    return { watched, measured: await measure({ ...whoami, send }, accounts, watched) }
  }

  test.each([
    ['a command', (redis: Redis) => redis.get('untraced'), `${FEW * 2} × get`],
    [
      'a script, one command whatever it does,',
      (redis: Redis) => redis.eval("redis.call('GET', 'a') redis.call('GET', 'b')", 0),
      `${FEW} × eval; ${FEW} × get`,
    ],
  ])('%s that the trace does not show', async (_what, meanwhile, seen) => {
    const stray = new Redis(stores.redisUrl)
    onTestFinished(() => stray.disconnect())
    await stray.ping()
    const { watched, measured } = await measureWhoami(() => meanwhile(stray))
    const found = mismatch(measured, 200, watched)
    expect(found).toContain(`whoami under session-redis, ${FEW} requests:`)
    expect(found).toContain(`counted      0 SQL, ${FEW * 2} Redis`)
    expect(found).toContain(`Redis saw       ${seen}`)
  })

  test('a statement that the trace does not show', async () => {
    const stray = new Client({ connectionString: stores.databaseUrl })
    await stray.connect()
    onTestFinished(() => stray.end())
    const { watched, measured } = await measureWhoami(() =>
      stray.query('SELECT count(*) FROM posts'),
    )
    const found = mismatch(measured, 200, watched)
    expect(found).toContain(`counted      ${FEW} SQL, ${FEW} Redis`)
    expect(found).toContain(`PostgreSQL saw  ${FEW} × SELECT count(*) FROM posts`)
  })

  test('a trace that misses a call, another expectation, another answer', async () => {
    const { watched, measured } = await measureWhoami(async () => {})
    expect(mismatch(measured, 200, watched)).toBeUndefined()
    const [first, ...others] = measured.traces
    const missed = { ...measured, traces: [{ calls: first?.calls.slice(1) ?? [] }, ...others] }
    expect(mismatch(missed, 200, watched)).toContain(
      `traced       1 × 0 SQL, 0 Redis; ${FEW - 1} × 0 SQL, 1 Redis`,
    )
    const { watched: other, measured: again } = await measureWhoami(async () => {})
    expect(mismatch(again, 200, { ...other, label: 'session-postgres' })).toContain(
      'expected     200, each 1 SQL, 0 Redis',
    )
    expect(mismatch(again, 401, other)).toContain(`answered     ${FEW} × 200`)
  })
})
