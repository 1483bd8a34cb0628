import { NoAnswer } from '@session-vs-jwt/workbench'
import { shuffle } from 'simple-statistics'
import type { Cell, Compared, ScenarioResult } from '../result/result.js'
import { conclusionsOf } from '../statistics/difference.js'
import { derivedSeed, seededRandom } from '../statistics/random.js'
import { BenchError } from './bench-error.js'
import type { Bench } from './bench.js'
import { Cells } from './cells.js'
import { declaredBy, dueIn, type IsDue, roundsOf } from './due-rounds.js'
import type { Progress } from './progress.js'
import { type Comparison, isSameCondition, type Scenario, type Subject } from './scenario.js'

interface Run {
  readonly scenario: Scenario
  readonly bench: Bench
  readonly cells: Cells
  readonly progress: Progress
  readonly isDue: IsDue
}

/**
 * Measures the subjects of `scenario` in each round, those from which nothing is concluded in every third. Each round
 * has an order of its own, drawn with a seed of the scenario's own, and each subject of it a process of its own: what a machine does over time, and what a
 * process was lucky with, falls on all alike.
 */
export async function runScenario(
  scenario: Scenario,
  bench: Bench,
  progress: Progress,
): Promise<ScenarioResult> {
  const { settings } = bench
  const subjects = scenario.subjects(settings)
  const wantedRounds = roundsOf(scenario, settings)
  const declared = declaredBy(scenario, settings)
  const cells = new Cells()
  const run = { scenario, bench, cells, progress, isDue: dueIn(scenario, settings) }
  const random = seededRandom(derivedSeed(settings.seed, scenario.id))
  let end: Pick<ScenarioResult, 'state' | 'failure'> = { state: 'complete' }
  try {
    for (let round = 0; round < wantedRounds; round += 1) {
      await measureRound(shuffle([...subjects], random), run)
      cells.endRound()
    }
  } catch (error) {
    end = bench.signal.aborted ? { state: 'stopped' } : { state: 'failed', failure: reason(error) }
  }
  const { id, title, question, reference, metrics } = scenario
  const measured = cells.result(subjects.map((it) => it.id))
  return {
    id,
    title,
    question,
    ...end,
    rounds: cells.rounds,
    wantedRounds,
    reference,
    subjects: subjects.map((it) => ({ id: it.id, title: it.title })),
    metrics,
    cells: measured,
    comparisons: compared(declared, measured),
  }
}

function compared(declared: readonly Comparison[], cells: readonly Cell[]): Compared[] {
  const valuesOf = (subject: string, { condition, metric }: Comparison): readonly number[] => {
    const cell = cells.find(
      (it) => it.subject === subject && isSameCondition(it.condition, condition),
    )
    return cell?.repeats === undefined ? (cell?.values[metric] ?? []) : []
  }
  const conclusions = conclusionsOf(
    declared.map((it) => [valuesOf(it.subject, it), valuesOf(it.reference, it)]),
  )
  return declared.map((it, at) => ({ ...it, conclusion: conclusions[at] }))
}

/** What a person can understand, if it was foreseen; else where in the code it came from. */
function reason(error: unknown): string {
  if (error instanceof NoAnswer) return `${error.request.url} gave no answer: ${error.message}`
  if (!(error instanceof Error)) return String(error)
  const isForPeople = error instanceof BenchError || /^(Workbench|Service)Error$/.test(error.name)
  return isForPeople ? error.message : (error.stack ?? error.message)
}

async function measureRound(subjects: readonly Subject[], run: Run): Promise<void> {
  const { scenario, bench } = run
  if (scenario.together?.(bench.settings)) return measureTogether(subjects, run)
  for (const subject of subjects) await measureSubject(subject, run)
}

async function measureSubject(
  subject: Subject,
  { scenario, bench, cells, progress, isDue }: Run,
): Promise<void> {
  const conditions = subject.conditions.filter((it) => isDue(subject.id, it, cells.rounds))
  if (conditions.length === 0) return
  bench.signal.throwIfAborted()
  const opened = await subject.open(bench)
  progress.step(`${scenario.id}, ${subject.id}`, subject.takes.open)
  try {
    for (const condition of conditions) {
      bench.signal.throwIfAborted()
      cells.add(subject.id, condition, await opened.measure(condition))
      progress.step(`${scenario.id}, ${subject.id}`, subject.takes.measure)
    }
  } finally {
    await opened.close()
  }
}

/** Opens all, measures them side by side, and closes all. */
async function measureTogether(subjects: readonly Subject[], run: Run): Promise<void> {
  const { scenario, bench, cells, progress } = run
  const outcomes = await Promise.allSettled(
    subjects.map(async (subject) => ({ subject, opened: await subject.open(bench) })),
  )
  const all = outcomes.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []))
  try {
    for (const it of outcomes) if (it.status === 'rejected') throw it.reason
    bench.signal.throwIfAborted()
    const measured = all.map(async ({ subject, opened }) => {
      for (const condition of subject.conditions) {
        cells.add(subject.id, condition, await opened.measure(condition))
        progress.step(`${scenario.id}, ${subject.id}`, subject.takes.open + subject.takes.measure)
      }
    })
    // All must be over before anything is closed.
    const ends = await Promise.allSettled([scenario.meanwhile?.(bench), ...measured])
    for (const it of ends) if (it.status === 'rejected') throw it.reason
  } finally {
    await Promise.all(all.map(({ opened }) => opened.close()))
  }
}
