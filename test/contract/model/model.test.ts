// A failure prints seed and path: MODEL_SEED and MODEL_PATH take it again, MODEL_RUNS runs more.
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { capturedLog, explainedBy, type CapturedLog } from '../../captured-log.js'
import { newStandingClock } from '../../movable-clock.js'
import { startServer, type TestServer } from '../../start-server.js'
import { matrix } from '../matrix.js'
import type { Rules } from './credential.js'
import { follow } from './follow.js'
import { sequences } from './sequence.js'

const FAILURES = 4
const RUNS = Number(process.env['MODEL_RUNS'] ?? 12)
const SEED = process.env['MODEL_SEED']

describe.each(matrix)('%s', (_label, strategy) => {
  test('answers what the model says', async () => {
    const log = capturedLog()
    const server = await startServer(strategy, {
      env: { LOGIN_FAILURES: String(FAILURES) },
      clock: newStandingClock(),
      logger: log.logger,
    })
    try {
      await expectAgreement(server, { ...strategy, failures: FAILURES }, log)
    } finally {
      await server.stop()
    }
  })
})

async function expectAgreement(server: TestServer, rules: Rules, log: CapturedLog): Promise<void> {
  const agreement = fc.asyncProperty(sequences(rules), async (steps) =>
    explainedBy(log, () => follow(server, rules, steps)),
  )
  await fc.assert(agreement, {
    numRuns: RUNS,
    ...(SEED && { seed: Number(SEED), path: process.env['MODEL_PATH'] ?? '' }),
  })
}
