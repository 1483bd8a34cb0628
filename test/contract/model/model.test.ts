// A failure prints seed and path: MODEL_SEED and MODEL_PATH take it again, MODEL_RUNS runs more.
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { startServer } from '../../start-server.js'
import { matrix } from '../matrix.js'
import { follow } from './follow.js'
import { sequences } from './sequence.js'

const FAILURES = 4
const RUNS = Number(process.env['MODEL_RUNS'] ?? 12)
const seed = process.env['MODEL_SEED']

describe.each(matrix)('%s', (_label, strategy) => {
  test('expected answers are those of the model', async () => {
    const server = await startServer(strategy, { env: { LOGIN_FAILURES: String(FAILURES) } })
    const rules = { ...strategy, failures: FAILURES }
    try {
      await fc.assert(
        fc.asyncProperty(sequences(rules), async (steps) => follow(server, rules, steps)),
        {
          numRuns: RUNS,
          interruptAfterTimeLimit: 60_000,
          ...(seed && { seed: Number(seed), path: process.env['MODEL_PATH'] ?? '' }),
        },
      )
    } finally {
      await server.stop()
    }
  }, 120_000)
})
