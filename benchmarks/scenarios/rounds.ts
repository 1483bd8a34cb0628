import { measureCostCurve } from '@session-vs-jwt/hash-lab'
import { hashPassword } from '@session-vs-jwt/users'
import type { Measurement, Scenario } from '../runner/scenario.js'

const COSTS = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]
const QUICK_COSTS = [4, 6, 8, 10]
/** In each round. */
const HASHES = 3

export const rounds: Scenario = {
  id: 'rounds',
  title: 'What a round more costs',
  question: 'How long does bcrypt take at cost 4 to 14, for the server and for whoever guesses?',
  metrics: [
    { id: 'ms', title: 'one hash', unit: 'ms', better: 'neither' },
    { id: 'guesses', title: 'guesses of an attacker, on one core', unit: '/s', better: 'less' },
  ],
  reference: 'bcrypt',
  subjects: ({ quick }) => [
    {
      id: 'bcrypt',
      title: 'bcrypt',
      conditions: (quick ? QUICK_COSTS : COSTS).map((cost) => ({ cost })),
      takes: { open: 0, measure: quick ? 0.15 : 0.8 },
      open: async ({ signal }) => ({
        measure: ({ cost }) => hashAt(Number(cost), signal),
        close: async () => undefined,
      }),
    },
  ],
}

async function hashAt(cost: number, signal: AbortSignal): Promise<Measurement> {
  const hash = (at: number): Promise<string> => hashPassword('correct horse', at)
  const curve = measureCostCurve({ from: cost, to: cost, samples: HASHES, hash, signal })
  for await (const { medianMs, guessesPerSecond } of curve) {
    return { values: { ms: medianMs, guesses: guessesPerSecond } }
  }
  throw signal.reason
}
