import { expect, it } from 'vitest'
import { checkTargets, identityTargets } from '../report/targets.js'
import { cell, scenario } from './results.js'

const TARGET = { subject: 'ours', reference: 'bare-koa', atMost: 1.5 }

/** Three kinds of rounds, each of them three times. */
const measured = (ours: readonly number[]) =>
  scenario([
    cell('bare-koa', { cpu: thrice([100, 200, 100]) }),
    cell('ours', { cpu: thrice(ours) }),
  ])

const thrice = (values: readonly number[]): number[] => [...values, ...values, ...values]

it('is met by what costs as many times as much, each round by itself', () => {
  const [outcome] = checkTargets(measured([150, 300, 140]), [TARGET])
  expect(outcome?.met).toBe(true)
  expect(outcome?.line).toBe('met: ours, at most 1.5 times bare-koa: 1.5 [1.4–1.5]')
})

it('is missed by what costs more in most rounds', () => {
  const [outcome] = checkTargets(measured([151, 302, 100]), [TARGET])
  expect(outcome?.met).toBe(false)
  expect(outcome?.line).toMatch(/^MISSED: ours/)
})

it('is not judged by fewer than nine rounds', () => {
  const cells = [cell('bare-koa', { cpu: [100] }), cell('ours', { cpu: [110] })]
  expect(checkTargets(scenario(cells), [TARGET])[0]).toEqual({
    met: false,
    line: 'not judged: ours, at most 1.5 times bare-koa: 1.1 (1.1–1.1); it takes 9 rounds',
  })
})

it('is not met by what was not measured, nor under another load', () => {
  expect(checkTargets(scenario([]), [TARGET])[0]).toEqual({
    met: false,
    line: 'not measured: ours, at most 1.5 times bare-koa',
  })
  const elsewhere = { condition: { connections: 1 } }
  const cells = [cell('bare-koa', { cpu: [1] }), cell('ours', { cpu: [1] }, elsewhere)]
  expect(checkTargets(scenario(cells), [TARGET])[0]?.met).toBe(false)
})

it('is there for each of our defaults, and for their instruments', () => {
  const all = checkTargets(scenario([]))
  expect(all).toHaveLength(identityTargets.length)
  expect(all.map(({ met }) => met)).not.toContain(true)
})
