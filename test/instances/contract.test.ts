import { strategyById, type StrategyId } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { commonRows } from '../contract/rows/index.js'
import { asymmetricKeys } from '../contract/control.js'
import { AnswerCheck } from '../contract/suite/answer-check.js'
import { whyNotApplicable } from '../contract/suite/row.js'
import { runRow } from '../contract/suite/run-rows.js'
import { Fleet } from './fleet.js'

const STRATEGIES: readonly StrategyId[] = ['session-redis', 'jwt-rotating']

describe.each(STRATEGIES)('%s: the contract, through a balancer', (id) => {
  const strategy = strategyById(id)
  const check = new AnswerCheck(strategy.server)
  let fleet: Fleet
  beforeAll(async () => {
    // Public keys are a part of the contract.
    fleet = await Fleet.start(strategy, { env: asymmetricKeys() })
  })
  afterAll(async () => fleet?.stop())

  const applying = commonRows.filter((row) => !whyNotApplicable(row, strategy))
  test.each(applying.map((row) => [row.id, row.title, row] as const))(
    '%s: %s',
    async (_id, _title, row) => expectRow(row),
  )

  /** @throws {RowFailure} unless the fleet does what the row demands */
  async function expectRow(row: (typeof applying)[number]): Promise<void> {
    const target = { url: fleet.url, server: strategy.server, strategies: [strategy] }
    await runRow(row, target, check)
  }
})
