import { shuffle } from 'simple-statistics'
import type { ScenarioResult } from '../result/result.js'
import { seededRandom } from '../statistics/random.js'
import { BenchError } from './bench-error.js'
import type { Bench } from './bench.js'
import { Cells } from './cells.js'
import type { Progress } from './progress.js'
import type { Opened, Scenario, Subject } from './scenario.js'

/**
 * Measures every subject of `scenario` once in each round. Each round has an order of its own, drawn
 * with the seed, and each subject of it a process of its own: what a machine does over time, and what a
 * process was lucky with, falls on all alike.
 */
export async function runScenario(
  scenario: Scenario,
  bench: Bench,
  progress: Progress,
): Promise<ScenarioResult> {
  const { settings } = bench
  const subjects = scenario.subjects(settings)
  const wantedRounds = scenario.once ? 1 : settings.rounds
  const cells = new Cells()
  const random = seededRandom(settings.seed)
  let state: ScenarioResult['state'] = 'complete'
  let failure: string | undefined
  try {
    for (let round = 0; round < wantedRounds; round += 1) {
      for (const subject of shuffle([...subjects], random)) {
        await measureSubject(subject, bench, cells, progress)
      }
      cells.endRound()
    }
  } catch (error) {
    if (bench.signal.aborted) state = 'stopped'
    else if (error instanceof Error) {
      state = 'failed'
      failure = error instanceof BenchError ? error.message : (error.stack ?? error.message)
    }
  }
  const { id, title, question, reference, metrics } = scenario
  return {
    id,
    title,
    question,
    state,
    ...(failure !== undefined && { failure }),
    rounds: cells.rounds,
    wantedRounds,
    reference,
    subjects: subjects.map((it) => ({ id: it.id, title: it.title })),
    metrics: [...metrics],
    cells: cells.result(),
  }
}

async function measureSubject(
  subject: Subject,
  bench: Bench,
  cells: Cells,
  progress: Progress,
): Promise<void> {
  bench.signal.throwIfAborted()
  const opened: Opened = await subject.open(bench)
  progress.step(subject.id, subject.takes.open)
  try {
    for (const condition of subject.conditions) {
      bench.signal.throwIfAborted()
      cells.add(subject.id, condition, await opened.measure(condition))
      progress.step(subject.id, subject.takes.measure)
    }
  } finally {
    await opened.close()
  }
}
