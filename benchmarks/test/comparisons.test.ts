import { strategies, strategyById } from '@session-vs-jwt/workbench'
import { describe, expect, it } from 'vitest'
import { exhibits } from '../exhibits/exhibits.js'
import { peers } from '../peers/peers.js'
import { declaredBy, dueIn } from '../runner/due-rounds.js'
import { expectedSeconds } from '../runner/progress.js'
import { isSameCondition, type Scenario } from '../runner/scenario.js'
import type { Settings } from '../runner/settings.js'
import { control } from '../scenarios/control.js'
import { scenarios } from '../scenarios/scenarios.js'
import { MOST_COMPARISONS } from '../statistics/difference.js'

const usual: Settings = {
  rounds: 9,
  seconds: 0.5,
  warmUpRequests: 4_000,
  seed: 1,
  quick: false,
  check: false,
  strategies,
  peers: [],
  urls: [],
}
const withPeers: Settings = { ...usual, peers: peers.map(({ id }) => id) }
const two = (['session-redis', 'jwt-rotating'] as const).map(strategyById)
const all = [...scenarios, control, ...exhibits].map((it) => [it.id, it] as const)

describe.each([
  ['all strategies', usual],
  ['servers by others', withPeers],
  ['servers of the reader', { ...usual, urls: ['http://127.0.0.1:1', 'http://127.0.0.1:2'] }],
  ['two strategies', { ...usual, strategies: two }],
  ['one strategy', { ...usual, strategies: two.slice(0, 1) }],
  ['targets', { ...usual, check: true }],
  ['a quick look', { ...usual, quick: true, strategies: two }],
])('with %s', (_name, settings: Settings) => {
  it.each(all)('%s compares at most twelve things, each of which is measured', (_id, scenario) => {
    const declared = declaredBy(scenario, settings)
    expect(declared.length).toBeLessThanOrEqual(MOST_COMPARISONS)
    if (scenario.once) expect(declared).toEqual([])
    const subjects = scenario.subjects(settings)
    const metrics = scenario.metrics.map(({ id }) => id)
    for (const { subject, reference, condition, metric } of declared) {
      expect(metrics).toContain(metric)
      expect(subject).not.toBe(reference)
      for (const id of [subject, reference]) {
        const conditions = subjects.find((it) => it.id === id)?.conditions ?? []
        expect(conditions.some((it) => isSameCondition(it, condition))).toBe(true)
      }
    }
  })
})

it('compares with all strategies what a scenario names', () => {
  const named = (it: Scenario) => it.comparisons?.(usual) ?? []
  for (const [, scenario] of all) {
    expect(declaredBy(scenario, usual), scenario.id).toHaveLength(named(scenario).length)
  }
})

it('measures what is compared in all of nine rounds, and what is described in every third', () => {
  const identity = scenarios.find(({ id }) => id === 'identity') as Scenario
  const roundsFor = (subject: string, connections: number, settings = usual): number[] =>
    [...Array(settings.rounds).keys()].filter((round) =>
      dueIn(identity, settings)(subject, { connections }, round),
    )
  expect(roundsFor('jwt-rotating', 50)).toHaveLength(9)
  expect(roundsFor('jwt-rotating', 200)).toEqual([0, 3, 6])
  expect(roundsFor('jwt-rotating+traces', 50)).toEqual([0, 3, 6])
  expect(roundsFor('jwt-rotating', 200, { ...usual, rounds: 5 })).toHaveLength(5)
})

it.each([
  ['without servers by others', usual, 40],
  ['with them', withPeers, 75],
])('expects to take less time than the budget, %s', (_how, settings, minutes) => {
  const seconds = scenarios.reduce((sum, it) => sum + expectedSeconds(it, settings), 0)
  expect(seconds / 60).toBeLessThan(minutes)
})
