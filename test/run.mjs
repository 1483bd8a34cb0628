// The checks behind `npm test`, `npm run test:all` and their like, in order, each with its
// outcome; then one line with the sum.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkContainers, ServiceError, serviceImages } from '@session-vs-jwt/services'
import { interruption } from '@session-vs-jwt/workbench'
import { createVitest, parseCLI } from 'vitest/node'

/** Servers may end what they are doing. */
const GRACE_MS = 15_000

const bin = (name) => join('node_modules', '.bin', name)
/** The folder for temporary files of everything that runs here, so that no interruption leaves any. */
const folder = mkdtempSync(join(tmpdir(), 'sj-test-'))
// As open as the one that it is in: started by root, PostgreSQL runs as another account.
chmodSync(folder, 0o1777)
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
  { projects },
]

/** Projects of vitest on services in containers; not run, and said so, where there is no Docker. */
const inContainers = (...projects) => {
  const [name, command, args] = tests(...projects)
  const title = 'tests, services in containers'
  const env = { SERVICES: 'containers' }
  return [name, command, args, { projects, title, env, whyNot: whyNoContainers }]
}

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

const long = [tests(...LONG_PROJECTS)]
const onContainers = [inContainers('containers', 'contract')]

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
  'test:unit': [tests('unit')],
  // What takes minutes. What is missing for a suite is told by it.
  'test:all': [...long, ...onContainers],
  'test:long': long,
  // All that starts containers, and the contract suite once more.
  'test:containers': onContainers,
  'course:check': [tests('course')],
}

const [suite = 'test', ...given] = process.argv.slice(2)
/** Chapters are asked for by their numbers, which their tests' names begin with. */
const filters = suite === 'course:check' ? chapterFilters(given) : given
const { filter: paths, options } = parseCLI(['vitest', 'run', ...filters])
const isByName = options.testNamePattern !== undefined
const signal = interruption(() => console.log('\nInterrupted. Ending what was started …'))
/** Some tools write colours into a file, too. */
const plain = process.stdout.isTTY || process.env.FORCE_COLOR ? {} : { NO_COLOR: '1' }
/** The tool that runs, which leads a group of processes. */
let tool
// Who asks twice does not wait, and leaves nothing either.
process.on('exit', () => {
  if (tool) signalGroup(tool, 'SIGKILL')
  removeFolder()
})
let passed = 0
let failed = 0
for (const check of await askedFor(suites[suite])) {
  const [name, command, args, { title = name, env = {}, whyNot } = {}] = check
  console.log(`\n== ${title}`)
  const reason = await whyNot?.()
  if (reason) {
    // Neither passed nor failed: nothing was seen.
    console.log(`NOT RUN: ${title}. ${reason}`)
    continue
  }
  rmSync(report, { force: true })
  const startedAt = Date.now()
  const ok = await succeeds(command, name === 'tests' ? [...args, ...filters] : args, env)
  if (signal.aborted) break
  console.log(
    `${ok ? 'ok' : 'FAILED'}: ${title}, ${((Date.now() - startedAt) / 1000).toFixed(1)} s`,
  )
  if (name === 'tests') countTests(ok)
  else if (ok) passed += 1
  else failed += 1
}
await folderIsGone()
if (signal.aborted) {
  console.log('INTERRUPTED before the end')
  process.exitCode = 130
} else {
  console.log(`\n${passed} passed, ${failed} failed`)
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1
}

/** The checks without the tests that have none of the files which were asked for. */
async function askedFor(checks) {
  const noChapters = suite === 'course:check' ? given.filter((it) => !isChapter(it)) : []
  if (noChapters.length > 0) {
    console.log(`\nThere is no chapter ${noChapters.join(', ')}. docs/ has them all, by number.`)
    failed += 1
    return []
  }
  if (paths.length === 0) return checks
  const unknown = new Set(paths)
  const asked = []
  for (const check of checks) {
    const { projects } = check[3] ?? {}
    const found = projects ? await pathsIn(projects) : []
    found.forEach((it) => unknown.delete(it))
    if (!projects || found.length > 0) asked.push(check)
  }
  if (unknown.size === 0) return asked
  console.log(`\n"npm run ${suite}" has no test file for ${[...unknown].join(', ')}.`)
  failed += 1
  return []
}

/** The paths that match a test file of the projects, as vitest takes them. */
async function pathsIn(projects) {
  const vitest = await createVitest('test', { watch: false, project: projects })
  const found = []
  for (const path of paths) {
    if ((await vitest.globTestSpecifications([path])).length > 0) found.push(path)
  }
  await vitest.close()
  return found
}

/** In a group of its own, so that a signal which this process alone was sent ends all that it has started. */
async function succeeds(command, args, env) {
  if (signal.aborted) return false
  tool = spawn(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...plain, TMPDIR: folder, ...env },
    detached: true,
  })
  const closed = once(tool, 'close').catch((error) => {
    console.error(error.message)
    return [1]
  })
  // The others after it: vitest would take a worker that ends for a fault.
  const end = () => {
    tool.kill('SIGTERM')
    setTimeout(signalGroup, GRACE_MS, tool, 'SIGKILL').unref()
  }
  signal.addEventListener('abort', end, { once: true })
  const [code] = await closed
  signal.removeEventListener('abort', end)
  if (signal.aborted) await groupEnds(tool)
  tool = undefined
  return code === 0
}

/** The tool itself is gone sooner than what its tests have started. */
async function groupEnds(leader) {
  signalGroup(leader, 'SIGTERM')
  const deadline = Date.now() + GRACE_MS
  while (signalGroup(leader, 0) && Date.now() < deadline) await sleep(100)
  signalGroup(leader, 'SIGKILL')
}

/** Servers that lost their tests end by themselves, and write until then. */
async function folderIsGone() {
  const deadline = Date.now() + GRACE_MS
  removeFolder()
  while (existsSync(folder) && Date.now() < deadline) {
    await sleep(200)
    removeFolder()
  }
}

function removeFolder() {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {
    // A server has made a file meanwhile.
  }
}

/** Whether there was anybody to send it to. */
function signalGroup({ pid }, name) {
  try {
    return pid !== undefined && process.kill(-pid, name)
  } catch {
    return false
  }
}

/** `02 05 -u` as vitest takes it. */
function chapterFilters(asked) {
  const numbers = asked.filter((it) => /^\d+$/.test(it)).map((it) => it.padStart(2, '0'))
  const rest = asked.filter((it) => !/^\d+$/.test(it))
  const only = numbers.length > 0 ? ['-t', `^(${numbers.join('|')})-`] : []
  return ['test/course/course.test.ts', ...only, ...rest]
}

/** Whether there is a chapter of this number; options are none, and nobody looks for them. */
function isChapter(asked) {
  if (!/^\d+$/.test(asked)) return true
  return readdirSync('docs').some((it) => it.startsWith(`${asked.padStart(2, '0')}-`))
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
  // By name, vitest also counts those that were not asked for.
  if (result.numPendingTests > 0 && !isByName) {
    console.log(
      `${result.numPendingTests} tests skipped: not for this machine, or what they need is missing here (their names say what)`,
    )
  }
  const isEmpty = result.numPassedTests === 0 && !isByName
  if ((!ok && result.numFailedTests === 0) || isEmpty) failed += 1
}

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'))
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 }
  }
}
