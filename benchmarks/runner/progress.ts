import { SingleBar } from 'cli-progress'
import { dueIn, roundsOf } from './due-rounds.js'
import type { Scenario } from './scenario.js'
import type { Settings } from './settings.js'

/** Shows how far a run is, and how long it will still take. */
export interface Progress {
  /** Something is done that was expected to take so many seconds. */
  step(what: string, seconds: number): void
  /** Makes room for something that is printed. */
  clear(): void
  stop(): void
}

/** Seconds that a scenario is expected to take. */
export function expectedSeconds(scenario: Scenario, settings: Settings): number {
  const isDue = dueIn(scenario, settings)
  const subjects = scenario.subjects(settings)
  let seconds = 0
  for (let round = 0; round < roundsOf(scenario, settings); round += 1) {
    for (const { id, takes, conditions } of subjects) {
      const due = conditions.filter((it) => isDue(id, it, round)).length
      if (due > 0) seconds += takes.open + takes.measure * due
    }
  }
  return seconds
}

/** Milliseconds between two lines, where there is no terminal on which a bar could be drawn over. */
const LINE_EVERY_MS = 30_000

/** A bar on standard error; where that is no terminal, a line now and then. */
export function progressBar(scenarios: readonly Scenario[], settings: Settings): Progress {
  const total = scenarios.reduce((sum, it) => sum + expectedSeconds(it, settings), 0)
  const bar = new SingleBar({
    format: '{bar} {percentage} %, {left} left  {what}',
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    noTTYOutput: true,
    notTTYSchedule: LINE_EVERY_MS,
    linewrap: false,
    barsize: 24,
  })
  const startedAt = Date.now()
  let done = 0
  bar.start(total, 0, { what: '', left: durationText(total) })
  return {
    step: (what, seconds) => {
      done += seconds
      // What is left takes as much longer than expected as what is done has taken.
      const pace = done > 0 ? (Date.now() - startedAt) / 1_000 / done : 1
      bar.update(done, { what, left: durationText((total - done) * pace) })
    },
    clear: () => {
      if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
    },
    stop: () => bar.stop(),
  }
}

/** `45 s`, `12 min`. */
export function durationText(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`
}
