// The checks behind `npm test`, `npm run test:all` and their like, in order, each with its
// outcome; then one line with the sum.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkContainers, ServiceError, serviceImages } from '@session-vs-jwt/services'

const bin = (name) => join('node_modules', '.bin', name)
const folder = mkdtempSync(join(tmpdir(), 'session-vs-jwt-report-'))
const report = join(folder, 'vitest.json')

const tests = (...projects) => [
  'tests',
  bin('vitest'),
  [
    'run',
    ...projects.map((it) => `--project=${it}`),
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${report}`,
  ],
]

/** Projects of vitest on services in containers; not run, and said so, where there is no Docker. */
const inContainers = (...projects) => [
  ...tests(...projects),
  {
    title: 'tests, services in containers',
    env: { SERVICES: 'containers' },
    whyNot: whyNoContainers,
  },
]

const LONG_PROJECTS = [
  'lookups',
  'e2e',
  'faults',
  'cluster',
  'security',
  'instances',
  'browser',
  'benchmarks',
  'long',
]

const suites = {
  // The types were checked by the build that comes before this script; tests are types too.
  test: [
    ['types', bin('tsc'), ['-b']],
    ['pages', join('docs', 'node_modules', '.bin', 'vue-tsc'), ['--noEmit', '--project', 'docs']],
    ['lint', bin('oxlint'), ['--type-aware', '--quiet']],
    ['format', bin('oxfmt'), ['--check']],
    ['unused', bin('knip'), []],
    tests('unit', 'contract', 'course'),
  ],
  // What takes minutes. What is missing for a suite is told by it.
  'test:all': [tests(...LONG_PROJECTS), inContainers('containers')],
  // The contract suite once more.
  'test:containers': [inContainers('contract')],
  'course:check': [tests('course')],
}

const [suite = 'test', ...given] = process.argv.slice(2)
/** Chapters are asked for by their numbers, which their tests' names begin with. */
const filters = suite === 'course:check' ? chapterFilters(given) : given
let passed = 0
let failed = 0
for (const [name, command, args, { title = name, env = {}, whyNot } = {}] of suites[suite]) {
  console.log(`\n== ${title}`)
  const reason = await whyNot?.()
  if (reason) {
    // Neither passed nor failed: nothing was seen.
    console.log(`NOT RUN: ${title}. ${reason}`)
    continue
  }
  rmSync(report, { force: true })
  const startedAt = Date.now()
  // What is asked for may be in one of several suites.
  const asked = name === 'tests' && filters.length > 0 ? [...filters, '--passWithNoTests'] : []
  const { status } = spawnSync(command, [...args, ...asked], {
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  const ok = status === 0
  console.log(
    `${ok ? 'ok' : 'FAILED'}: ${title}, ${((Date.now() - startedAt) / 1000).toFixed(1)} s`,
  )
  if (name === 'tests') countTests(ok)
  else if (ok) passed += 1
  else failed += 1
}
rmSync(folder, { recursive: true, force: true })
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1

/** `02 05 -u` as vitest takes it. */
function chapterFilters(asked) {
  const numbers = asked.filter((it) => /^\d+$/.test(it)).map((it) => it.padStart(2, '0'))
  const rest = asked.filter((it) => !/^\d+$/.test(it))
  const only = numbers.length > 0 ? ['-t', `^(${numbers.join('|')})-`] : []
  return ['test/course/course.test.ts', ...only, ...rest]
}

/** What is missing for services in containers, in one line; undefined if nothing is. */
async function whyNoContainers() {
  try {
    await checkContainers(serviceImages(process.env))
    return undefined
  } catch (error) {
    if (error instanceof ServiceError) return error.message
    throw error
  }
}

/** A run that ends badly without a failed test (a set-up that throws, say) counts as one. */
function countTests(ok) {
  const result = readReport()
  passed += result.numPassedTests
  failed += result.numFailedTests
  if (result.numPendingTests > 0 && filters.length === 0) {
    console.log(
      `${result.numPendingTests} tests skipped: not for this machine, or what they need is missing here (their names say what)`,
    )
  }
  const isEmpty = result.numPassedTests === 0 && filters.length === 0
  if ((!ok && result.numFailedTests === 0) || isEmpty) failed += 1
}

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'))
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 }
  }
}
