import type { Strategy } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, test } from 'vitest'
import { capturedLog, explainedBy } from '../captured-log.js'
import { startServer, type TestServer } from '../start-server.js'
import { targetFor } from './control.js'
import { AnswerCheck } from './suite/answer-check.js'
import { type Row, whyNotApplicable } from './suite/row.js'
import { runRow } from './suite/run-rows.js'
import type { Target } from './suite/target.js'

/** Within a `describe`: one test for each row that applies to a server of `strategy`. */
export function testRows(strategy: Strategy, rows: readonly Row[]): void {
  let server: TestServer
  let target: Target
  const check = new AnswerCheck(strategy.server)
  const log = capturedLog()
  beforeAll(async () => {
    server = await startServer(strategy, { logger: log.logger })
    target = targetFor(strategy, server)
  })
  afterAll(async () => server?.stop())

  const applying = rows.filter((row) => !whyNotApplicable(row, { ...strategy, control: true }))
  test.each(applying.map((row) => [row.id, row.title, row] as const))(
    '%s: %s',
    async (_id, _title, row) => explainedBy(log, () => expectRow(row, target, check)),
  )
}

/** @throws {RowFailure} unless the server does what the row demands */
async function expectRow(row: Row, target: Target, check: AnswerCheck): Promise<void> {
  await runRow(row, target, check)
}
