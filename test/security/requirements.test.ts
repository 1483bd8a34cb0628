import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { matrix } from '../contract/matrix.js'
import { rows } from '../contract/rows/index.js'
import { whyNotApplicable } from '../contract/suite/row.js'
import { requirementGroups } from './requirements/index.js'
import { proofsOf, requirementsPage } from './requirements-page.js'
import { filesWithUntaggedTests, taggedTests, titlesIn } from './tagged-tests.js'

const tagged = taggedTests()
const requirements = requirementGroups.flatMap((group) => group.requirements)
const known = new Set(requirements.map(({ id }) => id))

/** How many requirements each section of the documents has that are gone through in full. */
const SECTIONS: Readonly<Record<string, number>> = {
  'ASVS 6.1': 3,
  'ASVS 6.2': 12,
  'ASVS 6.3': 8,
  'ASVS 6.4': 6,
  'ASVS 6.5': 8,
  'ASVS 6.6': 4,
  'ASVS 6.7': 2,
  'ASVS 6.8': 4,
  'ASVS 7.1': 3,
  'ASVS 7.2': 4,
  'ASVS 7.3': 2,
  'ASVS 7.4': 5,
  'ASVS 7.5': 3,
  'ASVS 7.6': 2,
  'ASVS 9.1': 3,
  'ASVS 9.2': 4,
  'RFC 8725 3': 12,
  'RFC 9700 2': 6,
  'RFC 9700 4': 17,
}

describe('the table of requirements', () => {
  test('leaves out no requirement of the documents that it goes through', () => {
    for (const [begin, count] of Object.entries(SECTIONS)) {
      const numbers = Array.from({ length: count }, (_, i) => `${begin}.${i + 1}`)
      expect(numbers.filter((id) => !known.has(id))).toEqual([])
    }
  })

  test('has no requirement twice', () => {
    expect(known.size).toBe(requirements.length)
  })

  test('gives a test for what is met, and a reason for what is not', () => {
    for (const requirement of requirements) {
      const { id, status, why } = requirement
      const isProved = proofsOf(requirement, tagged).length > 0
      if (status === 'met') expect(isProved, `${id} is met: by which test?`).toBe(true)
      else expect(why, `${id}: why?`).toBeTruthy()
      if (status === 'partly') expect(isProved, `${id} is partly met: by which test?`).toBe(true)
      if (status === 'not applicable')
        expect(isProved, `${id} does apply: it is tested`).toBe(false)
    }
  })

  test('names rows of the contract that exist, and are run for a strategy', () => {
    for (const { id, rows: named = [] } of requirements) {
      for (const name of named) {
        const row = rows.find((it) => it.id === name)
        const isRun = matrix.some(
          ([, strategy]) => row && !whyNotApplicable(row, { ...strategy, control: true }),
        )
        expect(isRun, `${id}: row ${name}`).toBe(true)
      }
    }
  })

  test('names tests that stand in their files', () => {
    for (const { id, tests = [] } of requirements) {
      for (const { file, name } of tests) {
        const path = fileURLToPath(new URL(`../../${file}`, import.meta.url))
        const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
        const isTitle = titlesIn(text).some((title) => title.includes(name))
        expect(isTitle, `${id}: ${file}: ${name}`).toBe(true)
        expect(text, `${file} skips tests`).not.toMatch(/\.(skip|todo|only)\b/)
      }
    }
  })
})

describe('the tests of this folder', () => {
  test('each names the requirements that it is for, and the table has them', () => {
    expect(filesWithUntaggedTests()).toEqual([])
    for (const { file, title, requirements: named } of tagged) {
      for (const id of named) expect(known.has(id), `${file}: ${title}: ${id}`).toBe(true)
    }
  })

  test('docs/contract/security: the table as it is', async () => {
    const { markdown, json } = requirementsPage(requirementGroups, tagged)
    await expect(markdown).toMatchFileSnapshot('../../docs/contract/security.md')
    await expect(json).toMatchFileSnapshot('../../docs/contract/security.json')
  })
})
