import { randomInt } from 'node:crypto'

type Timed = () => Promise<number>
type Both<T> = readonly [T, T]

const PAIRS = 40
const MOST_LOST = 4
const FACTOR = 2

/** How often the quicker kind may lose, and by how much it must be quicker on average. */
export const TIMES_DIFFER: string = `quicker in ${PAIRS - MOST_LOST} of ${PAIRS} pairs, by a factor of ${FACTOR}`

interface ComparedTimes {
  /** Undefined if neither kind is clearly quicker. */
  readonly quicker: 0 | 1 | undefined
  /** Milliseconds. */
  readonly medians: Both<number>
}

/**
 * Times two kinds of request in pairs. Each pair has a random order, so kinds that take equally long win equally often,
 * whatever else the machine does: the chance that one of them wins 36 of 40 pairs is one in five million. A busy
 * machine can hide a small difference, but can't make one up.
 */
export async function compareTimes(kinds: Both<Timed>): Promise<ComparedTimes> {
  const times: Both<number[]> = [[], []]
  const wins: [number, number] = [0, 0]
  // Once both have won more than a quicker kind may lose, neither is quicker.
  while (wins[0] + wins[1] < PAIRS && Math.min(...wins) <= MOST_LOST) {
    const pair = await timePair(kinds)
    for (const kind of [0, 1] as const) times[kind].push(pair[kind])
    wins[pair[0] < pair[1] ? 0 : 1] += 1
  }
  const medians = [medianOf(times[0]), medianOf(times[1])] as const
  const quicker = wins[0] > wins[1] ? 0 : 1
  const isClear =
    Math.min(...wins) <= MOST_LOST && Math.max(...medians) >= FACTOR * Math.min(...medians)
  return { quicker: isClear ? quicker : undefined, medians }
}

async function timePair(kinds: Both<Timed>): Promise<Both<number>> {
  if (randomInt(2) === 0) {
    const first = await kinds[0]()
    return [first, await kinds[1]()]
  }
  const second = await kinds[1]()
  return [await kinds[0](), second]
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
