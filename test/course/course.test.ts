import { readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { CHAPTERS } from './chapters.js'
import { findingsOfList } from './chapter-lists.js'
import { codeRegionsOf, findingsOfRegion } from './code-regions.js'
import { findingsOfStep } from './do-step.js'
import { figuresOf, findingsOfFigure } from './figures.js'
import { findingsOfLink, linksOf } from './links.js'
import { type Edit, edited, type Finding, type Page, readPage } from './page.js'
import { findingsOfShape } from './parts.js'
import { Stage } from './stage.js'
import { stepsOf } from './steps.js'

const folders = readdirSync('docs').filter((it) => /^\d\d-/.test(it))

/** Pages that list all chapters. */
const LISTS = ['README.md', 'docs/README.md']

/** Pages around the chapters: their links, and figures if they show some. */
const PAGES = [...LISTS, 'docs/glossary.md', 'docs/instructor.md', 'docs/contract/README.md']

/** Many of them have no link. */
const DECISIONS = readdirSync('docs/decisions').map((it) => join('docs', 'decisions', it))

let stage: Stage
beforeAll(async () => {
  stage = await Stage.prepare()
})
afterAll(async () => stage?.remove())

test('every chapter is there', () => {
  expect(folders).toEqual(CHAPTERS)
})

describe.each(folders)('%s', (folder) => {
  const page = readPage(join('docs', folder, 'README.md'))
  const expectNone = expecting(page)
  test('has its parts', () => expectNone(findingsOfShape(page, Number(folder.slice(0, 2)))))
  testTexts(page, expectNone)
  testSteps(page, expectNone)
})

describe.each(PAGES)('%s', (file) => {
  const page = readPage(file)
  const expectNone = expecting(page)
  testTexts(page, expectNone)
  if (!LISTS.includes(file)) return
  const chapters = folders.map((folder) => readPage(join('docs', folder, 'README.md')))
  test('lists every chapter', () =>
    expectNone(chapters.flatMap((chapter) => findingsOfList(page, chapter))))
})

// The site can't be built with a link that leads nowhere.
describe.each(DECISIONS)('%s', (file) => {
  const page = readPage(file)
  const expectNone = expecting(page)
  test('has links that lead somewhere', () =>
    expectNone(linksOf(page).flatMap((it) => findingsOfLink(page, it))))
})

type ExpectNone = (findings: readonly Finding[]) => void

/** Throws for what is found; with `-u`, writes what can be written. */
function expecting(page: Page): ExpectNone {
  const edits: Edit[] = []
  afterAll(async () => {
    if (edits.length > 0) await writeFile(page.file, edited(page.text, edits))
  })
  return (findings) => {
    const left = findings.filter(({ edit }) => !edit || !inject('updatesPages'))
    edits.push(...findings.flatMap(({ edit }) => (edit && inject('updatesPages') ? [edit] : [])))
    if (left.length === 0) return
    const error = new Error()
    // Where in a page, which is what an author can mend; the stack of this test says nothing.
    error.message = left.map((it) => `${page.file}:${it.line}: ${it.message}`).join('\n')
    error.stack = error.message
    throw error
  }
}

function testTexts(page: Page, expectNone: ExpectNone): void {
  for (const link of linksOf(page)) {
    test(`line ${link.line}: link to ${link.url}`, () => expectNone(findingsOfLink(page, link)))
  }
  for (const figure of figuresOf(page)) {
    test(`line ${figure.line}: figure ${figure.expression}`, async () =>
      expectNone(await findingsOfFigure(figure)))
  }
  for (const region of codeRegionsOf(page)) {
    test(`line ${region.line}: code ${region.name}`, () => expectNone(findingsOfRegion(region)))
  }
}

/** The blocks of a chapter, in their order: each begins where the one before has ended. */
function testSteps(page: Page, expectNone: ExpectNone): void {
  const { steps, findings } = stepsOf(page)
  test('has blocks of known kinds', () => expectNone(findings))
  if (steps.length === 0) return
  describe('do it', () => {
    let opened: Awaited<ReturnType<Stage['shell']>>
    beforeAll(async () => {
      if (steps[0]?.kind !== 'start') await stage.workbench()
      opened = await stage.shell()
    })
    afterAll(async () => opened?.close())
    for (const step of steps) {
      const [first = ''] = step.text.split('\n')
      test(`line ${step.line}: ${first}`, async () =>
        expectNone(await findingsOfStep(stage, opened.shell, step)))
    }
  })
}
