import { type Promises, strategies, type Strategy, strategyById } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { balancedRows } from '../contract/rows/balanced.js'
import { runRow } from '../contract/suite/run-rows.js'
import type { Target } from '../contract/suite/target.js'
import { type Answer, until } from '../faults/load.js'
import { Crowd } from './crowd.js'
import { Fleet } from './fleet.js'
import { fleetTarget } from './fleet-target.js'
import { type Compared, figureOf, writePage } from './instances-page.js'

const memory = strategyById('session-memory')

/** Every strategy, and the usual way round for the one that keeps logins to itself. */
const matrix: readonly (readonly [label: string, strategy: Strategy, sticky: boolean])[] = [
  ...strategies.map((it) => [it.id, it, false] as const),
  [
    'session-memory, sticky',
    { ...memory, promises: { ...memory.promises, balanced: 'known-everywhere' } },
    true,
  ],
]

/** What the runs below saw. */
const compared: Compared[] = []

describe.each(matrix)('%s: three instances behind a balancer', (label, strategy, sticky) => {
  const seen: Partial<Promises> = {}
  let fleet: Fleet
  let target: Target
  beforeAll(async () => {
    fleet = await Fleet.start(strategy, { sticky })
    target = fleetTarget(fleet)
  })
  afterAll(async () => fleet?.stop())

  test.each(balancedRows.map((row) => [row.promise, row.title, row] as const))(
    '%s: %s',
    async (promise, _title, row) => {
      Object.assign(seen, (await runRow(row, target)).seen)
      expect(seen[promise]).toEqual(strategy.promises[promise])
    },
  )

  test('all are replaced under load: no request is lost, and nobody logged out', async () => {
    const { outcome, ms } = await underLoad(fleet, async () => fleet.rollingRestart())
    const { answers, acknowledged, written, logins, kept } = outcome
    expect(answers.filter(isLost)).toEqual([])
    expect(written).toBe(acknowledged)
    if (strategy.promises.rollingRestart === 'kept') {
      expect(answers.filter(({ status }) => status === 401)).toEqual([])
      expect(kept).toBe(logins)
    } else {
      // Shown, and not hidden: with the process goes every login that it kept.
      expect(kept).toBe(0)
    }
    compared.push({ label, seen, replaced: figureOf(outcome, ms) })
  })

  test('one is killed under load: what was only to be read is read, and the others go on', async () => {
    const { outcome } = await underLoad(fleet, async () => {
      await fleet.crash(`${strategy.server}-2`)
      await until(
        'the balancer knows',
        async () => (await fleet.balancer.ready()).length === 2,
        5_000,
      )
    })
    const { answers, acknowledged, written, logins, kept } = outcome
    const lost = answers.filter(isLost)
    expect(lost.filter(({ name }) => name.startsWith('GET'))).toEqual([])
    // At most what each client had sent to that instance at that moment.
    expect(lost.length).toBeLessThanOrEqual(POSTING_CLIENTS)
    expect(written).toBeGreaterThanOrEqual(acknowledged)
    if (strategy.promises.rollingRestart === 'kept') {
      // A rotation may have been done and its answer lost: what its device holds is spent.
      const rotations = lost.filter(({ name }) => name === 'POST rotate')
      expect(logins - kept).toBeLessThanOrEqual(rotations.length)
    }
    Object.assign(compared.at(-1) ?? {}, { killed: figureOf(outcome) })
  })
})

const POSTING_CLIENTS = 5

/** No answer, or one that says that there is none. */
function isLost({ status }: Answer): boolean {
  return status === 0 || status >= 500
}

async function underLoad(fleet: Fleet, strike: () => Promise<void>) {
  const crowd = await Crowd.gather(fleet)
  try {
    await until('the load is on', () => crowd.answered > 50, 20_000)
    const startedAt = performance.now()
    await strike()
    const ms = performance.now() - startedAt
    const before = crowd.answered
    await until('the load goes on', () => crowd.answered > before + 50, 20_000)
    return { outcome: await crowd.disperse(), ms }
  } finally {
    await crowd.stop()
  }
}

afterAll(async () => {
  if (inject('updatesPages')) await writePage(compared)
})
