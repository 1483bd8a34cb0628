import { strategyById, type StrategyId } from '@session-vs-jwt/workbench'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { asymmetricKeys } from '../contract/control.js'
import { commonRows } from '../contract/rows/index.js'
import { AnswerCheck } from '../contract/suite/answer-check.js'
import { type Row, whyNotApplicable } from '../contract/suite/row.js'
import { runRow } from '../contract/suite/run-rows.js'
import type { Target } from '../contract/suite/target.js'
import { startServer, type TestServer } from '../start-server.js'
import { findNginx, type Nginx, startNginx } from './nginx.js'

const STRATEGIES: readonly StrategyId[] = ['session-redis', 'session-cookie', 'jwt-rotating']

const reasons: string[] = []
const program = await findNginx((line) => void reasons.push(line))
const nginxOrReason = program ? `nginx ${program.version}` : reasons.join(' ')

describe.skipIf(!program)(`behind ${nginxOrReason}`, () => {
  describe.each(STRATEGIES)('%s: the contract, by URL alone', (id) => {
    const strategy = strategyById(id)
    const { server: kind } = strategy
    const check = new AnswerCheck(kind)
    let server: TestServer
    let nginx: Nginx
    let target: Target
    beforeAll(async () => {
      // Public keys are a part of the contract.
      server = await startServer(strategy, { env: asymmetricKeys() })
      nginx = await startNginx(program!, server.url)
      target = { url: nginx.url, server: kind, strategies: [strategy] }
    })
    afterAll(async () => {
      await nginx?.stop()
      await server?.stop()
    })

    const applying = commonRows.filter((row) => !whyNotApplicable(row, { server: kind }))
    test.each(applying.map((row) => [row.id, row.title, row] as const))(
      '%s: %s',
      async (_id, _title, row) => expectRow(row),
    )

    /** @throws {RowFailure} unless the server does what the row demands */
    async function expectRow(row: Row): Promise<void> {
      await runRow(row, target, check)
    }
  })
})
