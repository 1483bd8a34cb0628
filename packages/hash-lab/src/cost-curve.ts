import { max, median, min } from 'simple-statistics'

/** One cost of a slow hash, measured. */
export interface CostPoint {
  readonly cost: number
  readonly samples: number
  readonly medianMs: number
  readonly minMs: number
  readonly maxMs: number
  /** Times the cost before it; one more of bcrypt's doubles the work. */
  readonly ratio?: number
  /** What an attacker on one core of this machine gets. */
  readonly guessesPerSecond: number
}

export interface CostCurve {
  readonly from: number
  readonly to: number
  /** Hashes at each cost; of slow ones fewer, but never less than three. */
  readonly samples: number
  /** Hashes once with that cost, in this thread or not. */
  readonly hash: (cost: number) => unknown
  readonly signal?: AbortSignal
}

const FEWEST_SAMPLES = 3
/** No cost takes longer than about this, three hashes aside. */
const MOST_MS = 2_000

/** Measures cost after cost, so that each can be shown when it is there. */
export async function* measureCostCurve(curve: CostCurve): AsyncGenerator<CostPoint> {
  const { from, to, hash, signal } = curve
  // The first call also loads and compiles.
  await hash(from)
  let before: CostPoint | undefined
  for (let cost = from; cost <= to; cost += 1) {
    const times: number[] = []
    while (times.length < curve.samples && !isEnough(times)) {
      if (signal?.aborted) return
      const startedAt = performance.now()
      await hash(cost)
      times.push(performance.now() - startedAt)
    }
    before = costPoint(cost, times, before)
    yield before
  }
}

function isEnough(times: readonly number[]): boolean {
  return times.length >= FEWEST_SAMPLES && times.reduce((sum, it) => sum + it, 0) > MOST_MS
}

function costPoint(cost: number, times: readonly number[], before?: CostPoint): CostPoint {
  const medianMs = median([...times])
  return {
    cost,
    samples: times.length,
    medianMs,
    minMs: min([...times]),
    maxMs: max([...times]),
    ...(before ? { ratio: medianMs / before.medianMs } : {}),
    guessesPerSecond: 1_000 / medianMs,
  }
}

/** The highest cost whose median fits the budget, if one does. */
export function costWithin(points: readonly CostPoint[], targetMs: number): CostPoint | undefined {
  return points.findLast(({ medianMs }) => medianMs <= targetMs)
}
