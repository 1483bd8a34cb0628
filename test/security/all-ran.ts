import { relative } from 'node:path'
import type { TestCase, TestProject } from 'vitest/node'
import { type TaggedTest, taggedTests } from './tagged-tests.js'

/**
 * After a run: every test that the table of requirements names, of the files that were run, has run and
 * passed. A test that was skipped, or whose list of cases was empty, proves nothing.
 */
export default function checkThatAllRan(project: TestProject): () => void {
  return () => {
    const { testNamePattern } = project.config
    if (testNamePattern) return
    const ran = ranTests(project)
    const files = new Set(ran.map(({ file }) => file))
    const missing = taggedTests().filter((it) => files.has(it.file) && !ran.some(isRunOf(it)))
    if (missing.length === 0) return
    const lines = missing.map(({ file, title }) => `  ${file}: ${title}`)
    console.error(`The table of requirements names tests that did not run:\n${lines.join('\n')}`)
    // Vitest tells of an error that is thrown here, and ends as if there were none.
    process.exitCode = 1
  }
}

interface RanTest {
  readonly file: string
  readonly name: string
  readonly state: string
}

function ranTests(project: TestProject): RanTest[] {
  const { root } = project.vitest.config
  return project.vitest.state.getTestModules().flatMap((module) => {
    if (module.project.name !== project.name) return []
    const file = relative(root, module.moduleId)
    return [...module.children.allTests()].map((it: TestCase) => {
      return { file, name: it.name, state: it.result().state }
    })
  })
}

/** A failed one has run; that it failed is told already. `%s` and `$name` stand for what differs in each case. */
function isRunOf({ file, title, requirements }: TaggedTest): (ran: RanTest) => boolean {
  const tags = ` [${requirements.join(', ')}]`
  const [begin = '', ...rest] = title.split(/%\w|\$\w+/)
  return ({ name, state, ...ran }) =>
    ran.file === file &&
    (state === 'passed' || state === 'failed') &&
    name.startsWith(begin) &&
    name.endsWith((rest.at(-1) ?? '') + tags)
}
