// The checks behind `npm test` and `npm run test:all`, in order, each with its outcome; then one line with the sum.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

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

const suites = {
  // The types were checked by the build that comes before this script; tests are types too.
  test: [
    ['types', bin('tsc'), ['-b']],
    ['lint', bin('oxlint'), ['--type-aware', '--quiet']],
    ['format', bin('oxfmt'), ['--check']],
    ['unused', bin('knip'), []],
    tests('unit', 'contract', 'e2e'),
  ],
  // What takes minutes.
  'test:all': [tests('faults')],
}

const [suite = 'test', ...filters] = process.argv.slice(2)
let passed = 0
let failed = 0
for (const [name, command, args] of suites[suite]) {
  console.log(`\n== ${name}`)
  const startedAt = Date.now()
  const { status } = spawnSync(command, [...args, ...(name === 'tests' ? filters : [])], {
    stdio: 'inherit',
  })
  const ok = status === 0
  console.log(`${ok ? 'ok' : 'FAILED'}: ${name}, ${((Date.now() - startedAt) / 1000).toFixed(1)} s`)
  if (name === 'tests') countTests(ok)
  else if (ok) passed += 1
  else failed += 1
}
rmSync(folder, { recursive: true, force: true })
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1

/** A run that ends badly without a failed test (a set-up that throws, say) counts as one. */
function countTests(ok) {
  const result = readReport()
  passed += result.numPassedTests
  failed += result.numFailedTests
  if (result.numPendingTests > 0) {
    console.log(
      `${result.numPendingTests} tests skipped: what they need is missing here (root, or a clone that others can read)`,
    )
  }
  if ((!ok && result.numFailedTests === 0) || result.numPassedTests === 0) failed += 1
}

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'))
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 }
  }
}
