import { RESULT_VERSION, type Cell, type Result, type ScenarioResult } from '../result/result.js'
import { summarize } from '../statistics/summary.js'

/** What was measured of one subject, for tests: the values of each round. */
export function cell(
  subject: string,
  values: Readonly<Record<string, readonly number[]>>,
  rest: Partial<Cell> = {},
): Cell {
  const summaries = Object.fromEntries(
    Object.entries(values).map(([metric, rounds]) => [metric, summarize(rounds)]),
  )
  return { subject, condition: { connections: 50 }, values, summaries, atCeiling: 0, ...rest }
}

export function scenario(
  cells: readonly Cell[],
  rest: Partial<ScenarioResult> = {},
): ScenarioResult {
  return {
    id: 'identity',
    title: 'Who sends this request?',
    question: 'What does it cost?',
    state: 'complete',
    rounds: cells[0]?.values['cpu']?.length ?? 9,
    wantedRounds: 9,
    reference: 'bare-koa',
    subjects: [...new Set(cells.map(({ subject }) => subject))].map((id) => ({ id, title: id })),
    metrics: [
      { id: 'cpu', title: 'server CPU', unit: 'µs', better: 'less' },
      { id: 'throughput', title: 'requests', unit: '/s', better: 'more' },
    ],
    cells,
    ...rest,
  }
}

export function result(scenarios: readonly ScenarioResult[], rest: Partial<Result> = {}): Result {
  return {
    version: RESULT_VERSION,
    startedAt: '2026-11-25T20:00:00.000Z',
    finishedAt: '2026-11-25T20:10:00.000Z',
    command: 'npm run bench -- --scenario identity',
    seed: 7,
    settings: { rounds: 5, seconds: 1, warmUpRequests: 5000, quick: false, strategies: [] },
    machine: {
      processor: 'Test 9000',
      cores: 2,
      memoryBytes: 8 * 2 ** 30,
      system: 'Linux 6.1',
      notMeasured: [],
    },
    ceilings: { '50': 20_000 },
    versions: { node: '20.20.0' },
    missing: [],
    scenarios,
    ...rest,
  }
}
