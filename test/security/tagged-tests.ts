import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A test of this folder, as it stands in its file: its title ends with the requirements that it is for. */
export interface TaggedTest {
  /** From the root of the repository. */
  readonly file: string
  /** Without the requirements. */
  readonly title: string
  readonly requirements: readonly string[]
}

const FOLDER = fileURLToPath(new URL('.', import.meta.url))

/** The tests of requirements themselves: they attack nothing. */
const OWN_TESTS = 'requirements.test.ts'

const CALL = /\btest(?:\.each)?\(/g
const TITLE = /(['"`])((?:(?!\1)[^\n])+?) \[((?:ASVS|RFC) [^\]\n]+)\]\1/g

/** Every test of this folder, from the source text: no title is written down twice. */
export function taggedTests(): TaggedTest[] {
  return testFiles().flatMap((name) =>
    [...readFileSync(join(FOLDER, name), 'utf8').matchAll(TITLE)].map(
      ([, , title = '', tags = '']) => ({
        file: `test/security/${name}`,
        title,
        requirements: tags.split(', '),
      }),
    ),
  )
}

const COMMENT = /^\s*(?:\/\/|\/?\*).*$/gm
/** The first argument of a test, and the first member of a case of several. */
const ANY_TITLE = /(?:\b(?:test|it)(?:\.\w+)*\(|\)\(|\[)\s*(['"`])((?:\\.|(?!\1)[^\\\n])+)\1\s*,/g

/** What the tests of a file are called, from its text; and other strings that stand first in a list. */
export function titlesIn(text: string): string[] {
  const found = text.replaceAll(COMMENT, '').matchAll(ANY_TITLE)
  return [...found].map(([, , title = '']) => title.replaceAll(/\\(.)/g, '$1'))
}

/** Files with more calls of `test` than titles with requirements. */
export function filesWithUntaggedTests(): string[] {
  return testFiles().filter((name) => {
    const text = readFileSync(join(FOLDER, name), 'utf8')
    return [...text.matchAll(CALL)].length !== [...text.matchAll(TITLE)].length
  })
}

function testFiles(): string[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.test.ts'))
  return names.filter((name) => name !== OWN_TESTS).toSorted()
}
