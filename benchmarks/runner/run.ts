import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RESULT_VERSION, type Result, type ScenarioResult } from '../result/result.js'
import { thisMachine } from '../usage/machine.js'
import { Bench } from './bench.js'
import type { Progress } from './progress.js'
import { runScenario } from './run-scenario.js'
import type { Scenario } from './scenario.js'
import type { Settings } from './settings.js'

export interface RunOptions {
  readonly scenarios: readonly Scenario[]
  readonly settings: Settings
  /** As it was typed. */
  readonly command: string
  readonly signal: AbortSignal
  readonly machineEnv: Readonly<Record<string, string>>
  readonly progress: Progress
  readonly onProgress: (line: string) => void
  /** Told of each scenario when it is over, with the result so far. */
  readonly onScenario: (scenario: ScenarioResult, result: Result) => void
}

/** Measures scenario after scenario; one that fails, or a stop, leaves the others as they are. */
export async function run(options: RunOptions): Promise<Result> {
  const { scenarios, settings, signal } = options
  const folder = await mkdtemp(join(tmpdir(), 'session-vs-jwt-bench-'))
  const bench = new Bench(settings, { ...options, folder })
  const startedAt = new Date().toISOString()
  const done: ScenarioResult[] = []
  const result = async (): Promise<Result> => ({
    version: RESULT_VERSION,
    startedAt,
    finishedAt: new Date().toISOString(),
    command: options.command,
    seed: settings.seed,
    settings: settingsOf(settings),
    machine: thisMachine(),
    ceilings: bench.ceilings.measured(),
    versions: await versionsOf(bench),
    missing: missing(scenarios, done),
    scenarios: done,
  })
  try {
    for (const scenario of scenarios) {
      if (signal.aborted) break
      const outcome = await runScenario(scenario, bench, options.progress)
      done.push(outcome)
      options.onScenario(outcome, await result())
    }
    return await result()
  } finally {
    await bench.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function settingsOf({ rounds, seconds, warmUpRequests, quick, strategies }: Settings) {
  return { rounds, seconds, warmUpRequests, quick, strategies: strategies.map(({ id }) => id) }
}

async function versionsOf(bench: Bench): Promise<Result['versions']> {
  const stores = await bench.startedStores()
  return {
    node: process.versions.node,
    ...(stores && { postgresql: stores.postgres.version, redis: stores.redis.version }),
  }
}

/** What the reader asked for and did not get, in lines for people. */
function missing(scenarios: readonly Scenario[], done: readonly ScenarioResult[]): string[] {
  return scenarios.flatMap(({ id }) => {
    const outcome = done.find((it) => it.id === id)
    if (!outcome) return [`${id}: not begun`]
    if (outcome.state === 'complete') return []
    const why = outcome.state === 'failed' ? `: ${outcome.failure}` : ' (stopped)'
    return [`${id}: ${outcome.rounds} of ${outcome.wantedRounds} rounds${why}`]
  })
}
