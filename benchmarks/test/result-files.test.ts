import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readResult } from '../result/read-result.js'
import { resultSchema } from '../result/result-schema.js'
import { writeResult } from '../result/write-result.js'
import { cell, result, scenario } from './results.js'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-results-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

const whole = result([scenario([cell('session-redis', { cpu: [1, 2, 3, 4, 5] })])])

describe('a result', () => {
  it('is read as it was written, from its folder or its file', () => {
    writeResult(folder, whole)
    expect(readResult(folder)).toEqual(whole)
    expect(readResult(join(folder, 'result.json'))).toEqual(whole)
    expect(readFileSync(join(folder, 'report.md'), 'utf8')).toContain('session-redis')
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('session-redis')
  })

  it('of another version is refused, with what to do', () => {
    writeFileSync(join(folder, 'result.json'), JSON.stringify({ ...whole, version: 99 }))
    expect(() => readResult(folder)).toThrow(
      /is of version 99; this reads versions 1 and 2. Measure again/,
    )
  })

  it.each([
    ['{"a":1}', /is no result of "npm run bench"/],
    ['{', /could not be read/],
    [JSON.stringify({ ...whole, seed: 'x' }), /is damaged: seed/],
  ])('that is %s is refused', (text, message) => {
    writeFileSync(join(folder, 'result.json'), text)
    expect(() => readResult(folder)).toThrow(message)
  })

  it('that is not there is refused', () => {
    expect(() => readResult(join(folder, 'nowhere'))).toThrow(/There is no such file/)
  })

  it('that cannot be written leaves the one before', () => {
    writeResult(folder, whole)
    mkdirSync(join(folder, 'result.json.new'))
    expect(() => writeResult(folder, result([]))).toThrow(/could not be written .*\n.*is kept/)
    expect(readResult(folder)).toEqual(whole)
  })
})

it('has a schema for programs', async () => {
  const schema = JSON.stringify(z.toJSONSchema(resultSchema), null, 2)
  await expect(`${schema}\n`).toMatchFileSnapshot('../result/result.schema.json')
})
