import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  assumptions,
  type Choice,
  choicesOf,
  type Figures,
  needOf,
  USUAL_FIGURES,
} from '../src/scale/index.js'

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../docs/contract/${name}`, import.meta.url), 'utf8'))
const { strategies } = read('strategies.json')
const record = read('scale.json')

function choose(figures: Partial<Figures> = {}): Map<string, Choice> {
  const choices = choicesOf({ ...USUAL_FIGURES, ...figures }, strategies, record)
  return new Map(choices.map((it) => [it.facts.label, it]))
}

function of(label: string, figures: Partial<Figures> = {}): Choice {
  const choice = choose(figures).get(label)
  if (!choice) throw new Error(`no ${label}`)
  return choice
}

test('with the usual figures it says what the page about scale says', () => {
  const { facts, need } = of('session-redis', { users: 1e6, logoutSeconds: 300 })
  expect(need).toEqual(needOf(1e6, facts, record))
  expect(need.requestsPerSecond).toBeCloseTo((1e6 * 0.2 * 200 * assumptions.peak) / 86_400)
})

test('a quicker logout makes access tokens shorter, and the store busier', () => {
  const [slow, quick] = [300, 60].map((logoutSeconds) => of('jwt-rotating', { logoutSeconds }))
  expect(slow?.accessSeconds).toBe(300)
  expect(quick?.accessSeconds).toBe(60)
  const ratio = (quick?.need.redisCommandsPerSecond ?? 0) / (slow?.need.redisCommandsPerSecond ?? 1)
  expect(ratio).toBeCloseTo(5)
  expect(quick?.objections).toEqual([])
})

test('a logout at once leaves only those who ask at every request, or keep it in the process', () => {
  const fitting = [...choose({ logoutSeconds: 0, severalInstances: false }).values()]
    .filter(({ objections }) => objections.length === 0)
    .map(({ facts }) => facts.label)
  expect(fitting.toSorted()).toEqual([
    'jwt-denylist',
    'jwt-denylist on PostgreSQL',
    'session-memory',
    'session-postgres',
    'session-redis',
  ])
})

test('nobody renews oftener than they ask', () => {
  const { need } = of('jwt-rotating', { logoutSeconds: 1 })
  expect(need.redisCommandsPerSecond).toBeCloseTo(need.requestsPerSecond)
})

test('what keeps nothing cannot be ended, and has no devices', () => {
  const { objections, endsAfterSeconds } = of('jwt-stateless')
  expect(objections).toEqual(['a logout takes too long', 'no list of devices'])
  expect(endsAfterSeconds).toBe(8 * 3_600)
})

test('a second instance is an objection to sessions in the process only where there is one', () => {
  expect(of('session-memory').objections).toContain('a second instance does not know the login')
  expect(of('session-memory', { severalInstances: false }).objections).toEqual([])
})

test('those that fit come first, and those that ask least before others', () => {
  const [first, ...others] = choose().values()
  expect(first?.objections).toEqual([])
  const counts = others.map(({ objections }) => objections.length)
  expect(counts).toEqual(counts.toSorted((a, b) => a - b))
})
