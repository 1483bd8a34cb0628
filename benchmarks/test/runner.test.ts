import { describe, expect, it } from 'vitest'
import type { Bench } from '../runner/bench.js'
import { BenchError } from '../runner/bench-error.js'
import { Cells } from '../runner/cells.js'
import { runScenario } from '../runner/run-scenario.js'
import type { Settings } from '../runner/settings.js'
import type { Scenario, Subject } from '../runner/scenario.js'

const quiet = { step: () => undefined, clear: () => undefined, stop: () => undefined }

/** What `runScenario` asks of it. */
function bench(rounds: number, seed = 1, signal = new AbortController().signal): Bench {
  return { settings: { rounds, seed }, signal } as unknown as Bench
}

/** Subjects that write down when they were measured. */
function scenarioOf(
  ids: readonly string[],
  order: string[],
  measure: (id: string) => number = () => 1,
  scenarioId = 'test',
): Scenario {
  const subject = (id: string): Subject => ({
    id,
    title: id,
    conditions: [{ connections: 1 }],
    takes: { open: 0, measure: 0 },
    open: async () => ({
      measure: async () => {
        order.push(id)
        return { values: { cpu: measure(id) } }
      },
      close: async () => undefined,
    }),
  })
  return {
    id: scenarioId,
    title: '',
    question: '',
    metrics: [],
    reference: '',
    subjects: () => ids.map(subject),
  }
}

describe('a scenario', () => {
  const ids = ['a', 'b', 'c', 'd', 'e']

  it('is measured in an order that the seed decides, another one in each round', async () => {
    const [first, again, other]: [string[], string[], string[]] = [[], [], []]
    await runScenario(scenarioOf(ids, first), bench(4), quiet)
    await runScenario(scenarioOf(ids, again), bench(4), quiet)
    await runScenario(scenarioOf(ids, other), bench(4, 2), quiet)
    expect(first).toEqual(again)
    expect(first).not.toEqual(other)
    const rounds = [0, 5, 10, 15].map((at) => first.slice(at, at + 5).join(''))
    expect(new Set(rounds).size).toBeGreaterThan(1)
    for (const round of rounds) expect(round.split('').toSorted()).toEqual(ids)
  })

  it('is shuffled in its own way, with the same seed of the run', async () => {
    const orders = ['identity', 'profile', 'refresh'].map((id) => ({ id, order: [] as string[] }))
    for (const { id, order } of orders) {
      await runScenario(scenarioOf(ids, order, undefined, id), bench(4), quiet)
    }
    expect(new Set(orders.map(({ order }) => order.join(''))).size).toBe(orders.length)
  })

  it('concludes nothing from repeats in one process, however many there are', async () => {
    const scenario = scenarioOf(['a', 'b'], [])
    const subjects = scenario.subjects({} as Settings).map((it) => ({
      ...it,
      open: async () => ({
        measure: async () =>
          Array.from({ length: 9 }, () => ({ values: { cpu: it.id === 'a' ? 1 : 2 } })),
        close: async () => undefined,
      }),
    }))
    const comparison = {
      metric: 'cpu',
      subject: 'b',
      reference: 'a',
      condition: { connections: 1 },
    }
    const { comparisons } = await runScenario(
      { ...scenario, once: true, subjects: () => subjects, comparisons: () => [comparison] },
      bench(9),
      quiet,
    )
    expect(comparisons).toEqual([{ ...comparison, conclusion: undefined }])
  })

  it('that fails keeps the rounds that are whole', async () => {
    let left = 12
    const measure = (): number => {
      left -= 1
      if (left < 0) throw new BenchError('The server ended.')
      return left
    }
    const outcome = await runScenario(scenarioOf(ids, [], measure), bench(5), quiet)
    expect(outcome).toMatchObject({ state: 'failed', rounds: 2, wantedRounds: 5 })
    expect(outcome.failure).toContain('The server ended.')
    for (const { values } of outcome.cells) expect(values['cpu']).toHaveLength(2)
  })

  it('that is stopped keeps the rounds that are whole', async () => {
    const controller = new AbortController()
    let left = 8
    const measure = (): number => {
      left -= 1
      if (left === 0) controller.abort()
      return 1
    }
    const outcome = await runScenario(
      scenarioOf(ids, [], measure),
      bench(5, 1, controller.signal),
      quiet,
    )
    expect(outcome).toMatchObject({ state: 'stopped', rounds: 1 })
    expect(outcome.cells).toHaveLength(5)
  })
})

describe('cells', () => {
  it('are in the order of the subjects, whatever order they were measured in', () => {
    const cells = new Cells()
    for (const id of ['c', 'a', 'b']) cells.add(id, {}, { values: { cpu: 1 } })
    cells.endRound()
    expect(cells.result(['a', 'b', 'c']).map(({ subject }) => subject)).toEqual(['a', 'b', 'c'])
  })

  it('say in which rounds they were measured, where that is not all, without those that are not whole', () => {
    const cells = new Cells()
    for (const value of [1, 2, 3, 4]) {
      cells.add('a', {}, { values: { cpu: value } })
      if (value !== 2) cells.add('b', {}, { values: { cpu: 10 * value } })
      if (value < 4) cells.endRound()
    }
    const [a, b] = cells.result(['a', 'b'])
    expect(a).toMatchObject({ values: { cpu: [1, 2, 3] } })
    expect(a?.measuredIn).toBeUndefined()
    expect(b).toMatchObject({ measuredIn: [1, 3], values: { cpu: [10, 30] } })
  })

  it('leave out a figure that one of the rounds does not have', () => {
    const cells = new Cells()
    for (const p99 of [7, undefined, 8]) {
      cells.add('a', {}, { values: { cpu: 1, p99 }, latency: { p50: 1, p99 } })
      cells.endRound()
    }
    const [cell] = cells.result(['a'])
    expect(cell?.values).toEqual({ cpu: [1, 1, 1] })
    expect(Object.keys(cell?.summaries ?? {})).toEqual(['cpu'])
  })

  it('take repeats in one process for what they are: they have a range, and no interval', () => {
    const cells = new Cells()
    const repeats = Array.from({ length: 9 }, (_, at) => ({ values: { cpu: at + 1 } }))
    cells.add('a', {}, repeats)
    cells.endRound()
    const [cell] = cells.result(['a'])
    expect(cell).toMatchObject({ repeats: 9, values: { cpu: [1, 2, 3, 4, 5, 6, 7, 8, 9] } })
    expect(cell?.summaries['cpu']).toEqual({ median: 5, min: 1, max: 9, low: 1, high: 9 })
  })
})
