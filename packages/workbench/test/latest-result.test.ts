import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { latestResult } from '../src/site/latest-result.js'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'session-vs-jwt-results-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function leave(name: string, text: string, secondsAgo: number): void {
  const folder = join(root, 'benchmarks', 'results', name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'result.json'), text)
  const at = Date.now() / 1000 - secondsAgo
  utimesSync(join(folder, 'result.json'), at, at)
}

test('nobody has measured: nothing, and no error', () => {
  expect(latestResult(root)).toEqual({})
  mkdirSync(join(root, 'benchmarks', 'results', 'under-way'), { recursive: true })
  expect(latestResult(root)).toEqual({})
})

test('the newest is taken, whatever it is called, and never a recorded one', () => {
  leave('2026-11-25T20-00-00', '{"seed":1}', 60)
  leave('a-name-of-my-own', '{"seed":2}', 30)
  leave('recorded', '{"seed":3}', 0)
  leave('recorded-bad', '{"seed":4}', 0)
  expect(latestResult(root)).toEqual({
    folder: 'benchmarks/results/a-name-of-my-own',
    result: { seed: 2 },
  })
})

test('one that is damaged is said to be', () => {
  leave('2026-11-25T20-00-00', '{"seed":', 0)
  expect(latestResult(root)).toEqual({
    folder: 'benchmarks/results/2026-11-25T20-00-00',
    problem: expect.stringMatching(/^result\.json could not be read: .*JSON/),
  })
})
